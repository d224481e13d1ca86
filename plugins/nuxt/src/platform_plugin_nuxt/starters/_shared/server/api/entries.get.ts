/** What a list of one collection shows. */
export default defineEventHandler((event) => {
  const { collection, locale } = getQuery(event)
  return itemsOf(String(collection ?? ''), String(locale || model.site.locale))
})
