/** All pages but the one for what is missing, each with its translations. */
export default defineEventHandler((event) => {
  setHeader(event, 'content-type', 'application/xml;charset=utf-8')
  const base = model.site.baseUrl
  const pages = Object.values(model.pages).filter(page => page.kind !== 'missing' && page.data.noindex !== true)
    .sort((a, b) => (a.url < b.url ? -1 : 1))
  const rows = pages.map((page) => {
    const others = page.translations.map(({ locale, url }) =>
      `<xhtml:link rel="alternate" hreflang="${escapeXml(locale)}" href="${escapeXml(base + encodeURI(url))}"/>`)
    const changed = page.updated || page.date
    return `<url><loc>${escapeXml(base + encodeURI(page.url))}</loc>${changed ? `<lastmod>${escapeXml(changed)}</lastmod>` : ''}${others.join('')}</url>`
  })
  return `<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${rows.join('\n')}\n</urlset>\n`
})
