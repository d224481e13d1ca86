/** Dated entries of the site's own language, newest first, with their full text. */
export default defineEventHandler((event) => {
  setHeader(event, 'content-type', 'application/rss+xml;charset=utf-8')
  return feedOf(model.site.locale, '/feed.xml')
})
