import type { Page, SiteData } from '#shared/types/site'

interface Feed { url: string, title: string, locale?: string }

/** Title, description, addresses, social card and structured data of a page. `more` are schema.org items of its own. */
export function usePageHead(site: SiteData, page: Page, more: Record<string, unknown>[] = []) {
  const home = page.layout === 'home'
  const tagline = site.data.site?.tagline?.[page.locale] ?? site.data.site?.tagline
  const number = page.pager && page.pager.page > 1 ? `, ${wordsFor(page.locale).pageOf(page.pager.page, page.pager.pages)}` : ''
  const title = home ? [site.title, typeof tagline === 'string' ? tagline : ''].filter(Boolean).join(': ') : `${page.title}${number} · ${site.title}`
  const description = (page.description || page.title) + number
  const canonical = site.baseUrl + encodeURI(page.url)
  const image = page.social
  useSeoMeta({
    title,
    description,
    robots: page.kind === 'missing' || page.data.noindex ? 'noindex' : undefined,
    ogSiteName: site.title,
    ogType: page.date && !page.product ? 'article' : 'website',
    ogTitle: home ? site.title : page.title,
    ogDescription: description,
    ogUrl: canonical,
    ogLocale: page.locale,
    ogImage: image?.url,
    ogImageWidth: image?.width,
    ogImageHeight: image?.height,
    articlePublishedTime: page.date && !page.product ? page.date : undefined,
    articleModifiedTime: page.updated || undefined,
    twitterCard: image ? 'summary_large_image' : 'summary',
  })
  const feeds = site.data.site?.feeds ?? [{ url: '/feed.xml', title: site.title }]
  useHead({
    htmlAttrs: { lang: page.locale },
    link: [
      { rel: 'canonical', href: canonical },
      { rel: 'icon', href: '/favicon.ico', sizes: '32x32' },
      { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
      { rel: 'apple-touch-icon', href: '/apple-touch-icon.png' },
      ...feeds.filter((feed: Feed) => !feed.locale || feed.locale === page.locale).map((feed: Feed) => ({ rel: 'alternate', type: 'application/rss+xml', href: feed.url, title: feed.title })),
      ...page.translations.map(({ locale, url }) => ({ rel: 'alternate', hreflang: locale, href: site.baseUrl + encodeURI(url) })),
      ...page.translations.filter(({ locale }) => locale === site.locale).map(({ url }) => ({ rel: 'alternate', hreflang: 'x-default', href: site.baseUrl + encodeURI(url) })),
    ],
    script: [{ type: 'application/ld+json', innerHTML: JSON.stringify({ '@context': 'https://schema.org', '@graph': [...graph(site, page, canonical, description), ...more] }).replaceAll('<', '\\u003c') }],
  })
}

function graph(site: SiteData, page: Page, canonical: string, description: string): Record<string, unknown>[] {
  const publisher = { '@type': site.data.site?.publisher ?? 'Organization', '@id': `${site.baseUrl}/#publisher`, 'name': site.title, 'url': `${site.baseUrl}/` }
  if (page.layout === 'home') {
    return [publisher, { '@type': 'WebSite', '@id': `${site.baseUrl}/#website`, 'name': site.title, 'url': canonical, description, 'inLanguage': page.locale, 'publisher': { '@id': publisher['@id'] } }]
  }
  const places = [...page.crumbs, { name: page.title, url: page.url }]
  const crumbs = { '@type': 'BreadcrumbList', 'itemListElement': places.map((place, index) => ({ '@type': 'ListItem', 'position': index + 1, 'name': place.name, 'item': site.baseUrl + encodeURI(place.url) })) }
  return [crumbs, ...itself(site, page, canonical, description, publisher)]
}

function itself(site: SiteData, page: Page, canonical: string, description: string, publisher: Record<string, unknown>): Record<string, unknown>[] {
  const image = page.social?.url
  if (page.product) {
    const { name, sku, price, currency, stock } = page.product
    const availability = stock === null ? {} : { availability: `https://schema.org/${stock > 0 ? 'InStock' : 'OutOfStock'}` }
    return [{ '@type': 'Product', name, sku, description, image, 'offers': { '@type': 'Offer', price, 'priceCurrency': currency, 'url': canonical, ...availability } }]
  }
  if (page.kind !== 'entry' || !page.date) return []
  return [{ '@type': 'Article', 'headline': page.title.slice(0, 110), description, image, 'datePublished': page.date, 'dateModified': page.updated || page.date, 'mainEntityOfPage': canonical, 'inLanguage': page.locale, 'author': publisher, publisher }]
}
