/** One page by its address. */
export default defineEventHandler((event) => {
  const path = String(getQuery(event).path ?? '')
  const page = Object.hasOwn(model.pages, path) ? model.pages[path] : undefined
  if (!page) throw createError({ statusCode: 404, statusMessage: 'Not found' })
  return page
})
