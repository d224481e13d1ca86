export default defineEventHandler((event) => {
  setHeader(event, 'content-type', 'text/plain;charset=utf-8')
  const closed = model.site.stage === 'local'
  return `User-agent: *\nDisallow:${closed ? ' /' : ''}\n\nSitemap: ${model.site.baseUrl}/sitemap.xml\n`
})
