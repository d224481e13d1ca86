// An entry: one Markdown file of content/, with its address and the meaning of its front matter.

import { posix } from "node:path"

export const PRODUCTS = "products"

export interface EntryFields {
  url: string
  collection: string
  slug: string
  section: boolean
  title: string
  date: string | null
  updated: string | null
  description: string
  image: string | null
  imageAlt: string
  locale: string
  layout: string | null
  order: number
  minutes: number
  authorUrl: string | null
  tags: Term[]
  categories: Term[]
  [extra: string]: unknown
}

export interface Term {
  name: string
  slug: string
  url: string
}

// Names that Gatsby keeps for itself.
const RESERVED = new Set(["id", "parent", "children", "internal", "body", "draft", "aliases"])

export function toEntry(path: string, front: Record<string, any>, markdown: string): EntryFields {
  const { dir, name } = posix.parse(path)
  const section = name === "index" || name === "_index"
  const extra = Object.fromEntries(Object.entries(front).filter(([key]) => !RESERVED.has(key)))
  return {
    ...extra,
    url: addressOf(dir, section ? "" : name, text(front.url)),
    collection: dir,
    slug: section ? posix.basename(dir) : name,
    section,
    title: text(front.title) || name,
    date: day(front.date),
    updated: day(front.updated),
    description: text(front.description) || summarize(markdown),
    image: text(front.image) || null,
    imageAlt: text(front.image_alt),
    locale: text(front.locale),
    layout: text(front.layout) || null,
    order: Number(front.order ?? front.weight ?? 0) || 0,
    minutes: Math.max(1, Math.round(markdown.split(/\s+/).length / 220)),
    authorUrl: text(front.author) ? `/authors/${slugify(text(front.author))}/` : null,
    tags: terms("tags", front.tags),
    categories: terms("categories", front.categories),
  }
}

/** Tell whether an entry may be seen now. */
export function isPublic(front: Record<string, any>, future: boolean): boolean {
  const date = day(front.date)
  return front.draft !== true && (future || date === null || Date.parse(date) <= Date.now())
}

function addressOf(dir: string, slug: string, own: string): string {
  const path = own ? `/${own.replace(/^\/+/, "")}` : `/${[dir, slug].filter(Boolean).join("/")}`
  return path.endsWith("/") || /\.[a-z]+$/.test(path) ? path : `${path}/`
}

export function slugify(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  return plain.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "-"
}

function terms(taxonomy: string, value: unknown): Term[] {
  const names = Array.isArray(value) ? value.filter((item) => typeof item === "string") : []
  return names.map((name) => ({ name, slug: slugify(name), url: `/${taxonomy}/${slugify(name)}/` }))
}

function text(value: unknown): string {
  return typeof value === "string" ? value.trim() : ""
}

function day(value: unknown): string | null {
  const time = value instanceof Date ? value.getTime() : Date.parse(String(value ?? ""))
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

function summarize(markdown: string): string {
  const plain = markdown
    .replace(/```[\s\S]*?```/g, " ")
    .replace(/!\[[^\]]*\]\([^)]*\)|^[#>|-]+.*$|<[^>]+>/gm, " ")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim()
  return plain.length <= 160 ? plain : `${plain.slice(0, 157).replace(/\s+\S*$/, "")} …`
}
