import type { Item, Page } from '#shared/types/site'
import { configFile, model } from '#site/model'

export { configFile, model }

/** Every page that is one of the site's own texts, in the order of its address. */
export function entries(): Page[] {
  return Object.values(model.pages).filter(page => page.kind === 'entry' || (page.kind === 'section' && page.html))
    .sort((a, b) => (a.url < b.url ? -1 : 1))
}

export function itemsOf(collection: string, locale: string): Item[] {
  const section = Object.values(model.pages).filter(page =>
    page.kind === 'section' && page.collection === collection && page.locale === locale && !(page.pager && page.pager.page > 1))
  const first = section[0]
  if (!first) return []
  const more = Object.values(model.pages).filter(page => page.pager && page.pager.page > 1 && page.url.startsWith(`${first.url}page/`))
  return [first, ...more.sort((a, b) => a.pager!.page - b.pager!.page)].flatMap(page => page.items)
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
