/** A picture as a template shows it: in several widths when it is a raster image. */
export interface Picture {
  src: string
  srcset?: string
  width?: number
  height?: number
}

export interface Heading {
  id: string
  text: string
  level: number
}

export interface Term {
  name: string
  url: string
  count: number
}

export interface Link {
  name: string
  url: string
}

/** One product as core sells it; `buy` is finished HTML. */
export interface Product {
  sku: string
  name: string
  price: string
  currency: string
  price_text: string
  url: string
  description: string
  image: string
  options: Record<string, string[]>
  stock: number | null
  weight: number | null
  buy: string
}

/** What lists show of an entry. `data` is its front matter, as far as Platform does not interpret it. */
export interface Item {
  url: string
  collection: string
  slug: string
  title: string
  description: string
  locale: string
  date: string
  updated: string
  picture?: Picture
  imageAlt: string
  tags: Term[]
  categories: Term[]
  data: Record<string, any>
  product?: Product
}

export type Kind = 'entry' | 'section' | 'term' | 'terms' | 'missing'

/** A page with everything that its template needs. */
export interface Page extends Item {
  kind: Kind
  layout: string
  html: string
  headings: Heading[]
  items: Item[]
  terms: Term[]
  crumbs: Link[]
  translations: { locale: string, url: string }[]
  social?: { url: string, width?: number, height?: number }
  pager?: { page: number, pages: number, newer: string, older: string }
  neighbours?: { previous?: Link, next?: Link }
}

/** What stands around every page: names, menus, slots, and the files of data/. */
export interface SiteData {
  title: string
  locale: string
  /** The other languages; their pages lie below /<language>/. */
  locales: string[]
  baseUrl: string
  stage: string
  rendering: string
  navigation: string
  footer: string
  shop: Link | null
  routes: { path: string, label: string }[]
  formEndpoint: string
  data: Record<string, any>
}

/** The whole site, as server routes get it from `#site/model`. */
export interface Model {
  site: SiteData
  fragments: { head: string, bodyEnd: string }
  pages: Record<string, Page>
  /** Plain text by address, for the search and for feeds. */
  texts: Record<string, string>
}
