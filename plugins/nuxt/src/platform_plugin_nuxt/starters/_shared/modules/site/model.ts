import type { Item, Link, Model, Page, Picture, Product, SiteData, Term } from '../../shared/types/site'
import { wordsFor } from '../../shared/utils/words'
import { type Rendered, slugify } from './markdown'
import type { Source } from './read'

const PER_PAGE = 24
const TAXONOMIES = ['tags', 'categories'] as const
const KNOWN = new Set(['title', 'date', 'updated', 'description', 'draft', 'locale', 'image', 'image_alt', 'url', 'aliases', 'layout', ...TAXONOMIES])

/** What pages are made from; see core's data/platform.json. */
export interface Inputs {
  platform: Record<string, any>
  settings: { future?: boolean, form_endpoint?: string, title?: string }
  sources: Source[]
  data: Record<string, any>
  pictures: Map<string, Picture>
  render: (text: string) => Rendered
  today: string
}

interface Entry { page: Page, index: boolean, text: string }

/** Make every page of the site: entries, sections, terms, and the one for what is missing. */
export function makeModel(inputs: Inputs): Model {
  const maker = new Maker(inputs)
  const pages = maker.all()
  return { site: maker.site, fragments: maker.fragments, pages, texts: maker.texts }
}

class Maker {
  readonly site: SiteData
  readonly fragments: { head: string, bodyEnd: string }
  readonly texts: Record<string, string> = {}
  private readonly pages: Record<string, Page> = {}
  private readonly products: Record<string, Product>
  private readonly locales: Set<string>

  constructor(private readonly inputs: Inputs) {
    const { platform, settings } = inputs
    this.products = platform.shop ? platform.products ?? {} : {}
    const selling = Object.keys(this.products).length > 0
    const marked = inputs.sources.map(source => String(source.front.locale ?? ''))
    this.locales = new Set(marked.filter(name => name && name !== platform.site.locale && existing(inputs.sources, name)))
    this.site = {
      title: settings.title || inputs.data.site?.name || platform.site.title,
      locale: platform.site.locale || 'en',
      locales: [...this.locales].sort(),
      baseUrl: String(platform.site.base_url ?? '').replace(/\/$/, ''),
      stage: platform.site.stage,
      rendering: platform.site.rendering ?? 'static',
      navigation: platform.fragments?.navigation ?? '',
      footer: platform.fragments?.footer ?? '',
      shop: selling ? { name: wordsFor(platform.site.locale).products, url: '/products/' } : null,
      routes: platform.site.stage === 'local' ? platform.routes ?? [] : [],
      formEndpoint: settings.form_endpoint ?? '',
      data: withPictures(inputs.data, inputs.pictures) as Record<string, any>,
    }
    this.fragments = { head: platform.fragments?.head ?? '', bodyEnd: platform.fragments?.['body-end'] ?? '' }
  }

  all(): Record<string, Page> {
    const entries = this.inputs.sources.filter(source => this.isPublished(source)).map(source => this.entry(source))
    for (const entry of entries) this.add(entry.page)
    this.addSections(entries)
    this.addTerms(entries)
    this.addFront()
    this.addMissing()
    this.connect(entries)
    return this.pages
  }

  private isPublished({ folder, front }: Source): boolean {
    if (front.draft === true) return false
    if (folder.split('/')[0] === 'products' && !this.site.shop) return false
    return this.inputs.settings.future === true || !front.date || isoDate(front.date) <= this.inputs.today
  }

  private entry({ folder, slug, front, body }: Source): Entry {
    const { html, headings, text } = this.inputs.render(body)
    const index = slug === 'index' || slug === '_index'
    const path = [folder, index ? '' : slug].filter(Boolean).join('/')
    const url = front.url ? `/${String(front.url).replace(/^\/+/, '')}` : path ? `/${path}/` : '/'
    const locale = String(front.locale || this.localeOf(folder))
    const data = Object.fromEntries(Object.entries(front).filter(([key]) => !KNOWN.has(key)))
    data.lead ??= front.description
    const product = this.products[String(front.sku ?? '')]
    const page: Page = {
      ...this.blank(url, String(front.title ?? nameOf(index ? folder : slug)), locale),
      kind: index ? 'section' : 'entry',
      layout: String(front.layout ?? (url === '/' ? 'home' : '')),
      collection: this.collectionOf(folder),
      slug: index ? '' : slug,
      description: String(front.description ?? shortened(text)),
      date: front.date ? isoDate(front.date) : '',
      updated: front.updated ? isoDate(front.updated) : '',
      picture: this.inputs.pictures.get(String(front.image ?? '')) ?? (front.image ? { src: String(front.image) } : undefined),
      imageAlt: String(front.image_alt ?? ''),
      tags: this.terms(front.tags, 'tags', locale),
      categories: this.terms(front.categories, 'categories', locale),
      data: withPictures(data, this.inputs.pictures) as Record<string, any>,
      html,
      headings,
      ...(product && folder.startsWith('products') ? { product } : {}),
    }
    page.social = this.social(String(front.image ?? ''))
    this.texts[url] = text
    return { page, index, text }
  }

  private blank(url: string, title: string, locale: string): Page {
    return {
      url, title, locale, kind: 'section', layout: '', collection: '', slug: '', description: '', date: '', updated: '', imageAlt: '',
      tags: [], categories: [], data: {}, html: '', headings: [], items: [], terms: [], crumbs: [], translations: [], social: this.social(''),
    }
  }

  /** A section's page lists what is in its folder; a folder without one gets a plain one. */
  private addSections(entries: Entry[]): void {
    const folders = new Set(entries.filter(entry => !entry.index && entry.page.collection).map(entry => this.folderUrl(entry.page)))
    for (const url of folders) {
      if (!this.pages[url]) {
        const first = entries.find(entry => this.folderUrl(entry.page) === url)!.page
        const title = first.collection === 'products' ? wordsFor(first.locale).products : nameOf(first.collection)
        this.add({ ...this.blank(url, title, first.locale), collection: first.collection, description: `${title}: ${this.site.title}` })
      }
    }
    for (const url of Object.keys(this.pages)) {
      const page = this.pages[url]!
      if (page.kind !== 'section' || !page.collection) continue
      const inside = entries.filter(entry => !entry.index && this.folderUrl(entry.page) === url).map(entry => entry.page)
      this.paginate(page, sorted(inside))
    }
  }

  private addTerms(entries: Entry[]): void {
    for (const taxonomy of TAXONOMIES) {
      const found = new Map<string, { name: string, locale: string, items: Page[] }>()
      for (const { page } of entries) {
        for (const term of page[taxonomy]) {
          const row = found.get(term.url) ?? { name: term.name, locale: page.locale, items: [] }
          row.items.push(page)
          found.set(term.url, row)
        }
      }
      for (const [url, row] of found) {
        const words = wordsFor(row.locale)
        const page: Page = { ...this.blank(url, row.name, row.locale), kind: 'term', description: words.about(row.name, this.site.title) }
        this.add(page)
        this.paginate(page, sorted(row.items))
      }
      for (const locale of new Set([...found.values()].map(row => row.locale))) {
        const url = `${this.prefix(locale)}${taxonomy}/`
        const terms = [...found].filter(([, row]) => row.locale === locale).map(([address, row]) => ({ name: row.name, url: address, count: row.items.length }))
        const title = wordsFor(locale)[taxonomy]
        const page = this.pages[url] ?? { ...this.blank(url, title, locale), description: `${title}: ${this.site.title}` }
        this.pages[url] = { ...page, kind: 'terms', terms: terms.sort((a, b) => b.count - a.count || a.name.localeCompare(b.name, locale)) }
      }
      for (const { page } of entries) for (const term of page[taxonomy]) term.count = found.get(term.url)!.items.length
    }
  }

  private paginate(page: Page, inside: Page[]): void {
    const items = inside.map(toItem)
    const pages = Math.ceil(items.length / PER_PAGE)
    page.items = items.slice(0, PER_PAGE)
    if (pages < 2) return
    const address = (number: number) => number === 1 ? page.url : `${page.url}page/${number}/`
    for (let number = 1; number <= pages; number += 1) {
      const pager = { page: number, pages, newer: number > 1 ? address(number - 1) : '', older: number < pages ? address(number + 1) : '' }
      if (number === 1) page.pager = pager
      else this.add({ ...page, url: address(number), html: '', items: items.slice((number - 1) * PER_PAGE, number * PER_PAGE), pager, translations: [] })
    }
  }

  private addFront(): void {
    if (!this.pages['/']) this.add({ ...this.blank('/', this.site.title, this.site.locale), layout: 'home', description: this.site.title })
  }

  private addMissing(): void {
    const words = wordsFor(this.site.locale)
    this.pages['/404'] = { ...this.blank('/404', words.missing, this.site.locale), kind: 'missing', description: words.missingLead }
  }

  /** Breadcrumbs, translations (the same file below a locale's folder) and neighbours. */
  private connect(entries: Entry[]): void {
    for (const page of Object.values(this.pages)) page.crumbs = this.crumbs(page)
    const families = new Map<string, Page[]>()
    for (const { page } of entries) {
      const key = String(page.data.translation ?? `${page.collection}/${page.slug}`)
      families.set(key, [...families.get(key) ?? [], page])
    }
    for (const family of families.values()) {
      if (family.length < 2) continue
      for (const page of family) page.translations = family.map(({ locale, url }) => ({ locale, url }))
    }
    for (const section of Object.values(this.pages).filter(page => page.kind === 'section' && page.collection)) {
      const inside = sorted(entries.map(entry => entry.page).filter(page => page.kind === 'entry' && this.folderUrl(page) === section.url))
      inside.forEach((page, place) => {
        const link = (other?: Page) => other && { name: other.title, url: other.url }
        page.neighbours = { previous: link(inside[place - 1]), next: link(inside[place + 1]) }
      })
    }
  }

  private crumbs(page: Page): Link[] {
    const home = this.prefix(page.locale)
    const rest = page.url.startsWith(home) ? page.url.slice(home.length).split('/').filter(Boolean) : []
    const found: Link[] = [{ name: wordsFor(page.locale).home, url: home }]
    let url = home
    for (const part of rest) {
      url += `${part}/`
      const other = this.pages[url]
      if (other && other !== page) found.push({ name: other.title, url })
    }
    return found
  }

  private add(page: Page): void {
    if (this.pages[page.url]) throw new Error(`two pages want the address ${page.url}: ${this.pages[page.url]!.title}, ${page.title}`)
    this.pages[page.url] = page
  }

  private terms(names: unknown, taxonomy: string, locale: string): Term[] {
    if (!Array.isArray(names)) return []
    return names.map(String).map(name => ({ name, url: `${this.prefix(locale)}${taxonomy}/${slugify(name)}/`, count: 0 }))
  }

  private prefix(locale: string): string {
    return this.locales.has(locale) ? `/${locale}/` : '/'
  }

  private localeOf(folder: string): string {
    const first = folder.split('/')[0] as string
    return this.locales.has(first) ? first : this.site.locale
  }

  private collectionOf(folder: string): string {
    const [first, ...rest] = folder.split('/')
    return this.locales.has(first as string) ? rest.join('/') : folder
  }

  private folderUrl(page: Page): string {
    return page.collection ? `${this.prefix(page.locale)}${page.collection}/` : ''
  }

  private social(image: string): Page['social'] {
    const picture = image && !image.endsWith('.svg') ? this.inputs.pictures.get(image) : undefined
    if (picture?.srcset) return { url: `${this.site.baseUrl}${picture.srcset.split(', ').at(-1)!.split(' ')[0]}`, width: picture.width, height: picture.height }
    const usual = this.inputs.pictures.get('/images/social.png')
    return usual && { url: `${this.site.baseUrl}/images/social.png`, width: usual.width, height: usual.height }
  }
}

export function toItem(page: Page): Item {
  const { url, collection, slug, title, description, locale, date, updated, picture, imageAlt, tags, categories, data, product } = page
  return { url, collection, slug, title, description, locale, date, updated, picture, imageAlt, tags, categories, data, product }
}

/** Newest first; then by `weight`, then by title. */
function sorted(pages: Page[]): Page[] {
  return [...pages].sort((a, b) =>
    (a.data.weight ?? 1e6) - (b.data.weight ?? 1e6) || b.date.localeCompare(a.date) || a.title.localeCompare(b.title, 'en') || a.url.localeCompare(b.url))
}

/** Put a `picture` beside each `image` that is one of the site's. */
function withPictures(value: unknown, pictures: Map<string, Picture>): unknown {
  if (Array.isArray(value)) return value.map(item => withPictures(item, pictures))
  if (!value || typeof value !== 'object') return value
  const found = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPictures(item, pictures)]))
  const picture = typeof found.image === 'string' && pictures.get(found.image)
  return picture ? { ...found, picture } : found
}

/** Dates may have a time and a zone; without one they are taken as UTC, so that a build says the same everywhere. */
function isoDate(value: unknown): string {
  const text = String(value).trim()
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  const full = text.replace(' ', 'T').replace(/\s+/g, '')
  const time = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(full) ? full : `${full}Z`)
  return Number.isNaN(time) ? text : new Date(time).toISOString()
}

/** A language has pages of its own below its name; a single page in another language does not make one. */
function existing(sources: Source[], locale: string): boolean {
  return sources.some(source => source.folder === locale || source.folder.startsWith(`${locale}/`))
}

function nameOf(path: string): string {
  const last = path.split('/').at(-1)!.replace(/[-_]+/g, ' ')
  return last.charAt(0).toUpperCase() + last.slice(1)
}

function shortened(text: string): string {
  return text.length <= 157 ? text : `${text.slice(0, 156).replace(/\s+\S*$/, '')}…`
}
