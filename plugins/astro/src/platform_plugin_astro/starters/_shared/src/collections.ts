/** The collections of src/folders.ts: none here. */
export const own = {};
