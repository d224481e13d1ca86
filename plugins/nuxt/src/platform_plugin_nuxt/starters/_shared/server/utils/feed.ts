const LIMIT = 20

/** Write the feed of one language; addresses in it are absolute, since a reader shows it elsewhere. */
export function feedOf(locale: string, path: string): string {
  const { site, pages } = model
  const home = Object.values(pages).find(page => page.layout === 'home' && page.locale === locale)
  const dated = entries().filter(page => page.kind === 'entry' && page.date && page.locale === locale && !page.product)
    .sort((a, b) => b.date.localeCompare(a.date)).slice(0, LIMIT)
  const items = dated.map((page) => {
    const address = escapeXml(site.baseUrl + encodeURI(page.url))
    const text = page.html.replace(/\s(?:srcset|sizes)="[^"]*"/g, '').replace(/(\s(?:href|src)=")\/(?!\/)/g, `$1${site.baseUrl}/`)
    return [
      `<item>\n<title>${escapeXml(page.title)}</title>\n<link>${address}</link>\n<guid isPermaLink="true">${address}</guid>`,
      `<pubDate>${new Date(page.date).toUTCString()}</pubDate>`,
      ...page.tags.map(tag => `<category>${escapeXml(tag.name)}</category>`),
      `<description>${escapeXml(page.description)}</description>`,
      `<content:encoded>${escapeXml(text)}</content:encoded>\n</item>`,
    ].join('\n')
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>${escapeXml(site.title)}</title>
<link>${escapeXml(site.baseUrl)}${home?.url ?? '/'}</link>
<description>${escapeXml(home?.description || site.title)}</description>
<language>${escapeXml(locale)}</language>
<atom:link href="${escapeXml(site.baseUrl + path)}" rel="self" type="application/rss+xml"/>
${items.join('\n')}
</channel>
</rss>
`
}
