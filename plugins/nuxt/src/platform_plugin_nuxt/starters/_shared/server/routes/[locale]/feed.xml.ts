/** The feed of another language of the site. */
export default defineEventHandler((event) => {
  const locale = getRouterParam(event, 'locale') ?? ''
  if (!model.site.locales.includes(locale)) throw createError({ statusCode: 404, statusMessage: 'Not found' })
  setHeader(event, 'content-type', 'application/rss+xml;charset=utf-8')
  return feedOf(locale, `/${locale}/feed.xml`)
})
