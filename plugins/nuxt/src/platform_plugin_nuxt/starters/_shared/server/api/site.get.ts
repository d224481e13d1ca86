/** What stands around every page. */
export default defineEventHandler(() => model.site)
