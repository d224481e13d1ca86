/** Folders below content/ that are collections of their own; collections.ts says with which fields. */
export const ownFolders: string[] = ['references'];
