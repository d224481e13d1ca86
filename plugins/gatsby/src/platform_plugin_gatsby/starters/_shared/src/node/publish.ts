// What is published beside the pages: sitemap, feed, robots.txt and the index for the search.

import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface Published {
  url: string
  title: string
  description: string
  date: string | null
  updated: string | null
  body: string
  collection: string
  section: boolean
  tags: { name: string }[]
  author: string | null
  writer: { title: string } | null
}

export interface Facts {
  title: string
  description: string
  locale: string
  siteUrl: string
}

const FEED_LENGTH = 30

export function publish(entries: Published[], paths: string[], site: Facts, search: boolean): void {
  const dated = entries.filter(isDated).slice(0, FEED_LENGTH)
  write("sitemap.xml", sitemap(paths, new Map(entries.map((entry) => [entry.url, entry])), site))
  write("robots.txt", `User-agent: *\nAllow: /\n\nSitemap: ${site.siteUrl}/sitemap.xml\n`)
  write("feed.xml", dated.length ? feed(dated, site) : "")
  write("search.json", search ? index(entries) : "")
}

export function isDated(entry: { date: string | null; collection: string; section: boolean }): boolean {
  return entry.date !== null && entry.collection !== "products" && !entry.section
}

function write(name: string, text: string): void {
  const path = join("public", name)
  if (text) writeFileSync(path, text)
  else rmSync(path, { force: true })
}

function sitemap(paths: string[], entries: Map<string, Published>, site: Facts): string {
  const rows = paths.sort().map((path) => {
    const changed = entries.get(path)?.updated ?? entries.get(path)?.date
    return `<url><loc>${escape(site.siteUrl + encodeURI(path))}</loc>${changed ? `<lastmod>${changed.slice(0, 10)}</lastmod>` : ""}</url>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${rows.join("\n")}\n</urlset>\n`
}

function feed(entries: Published[], site: Facts): string {
  const newest = entries.map((entry) => entry.updated ?? entry.date!).sort().at(-1)!
  const items = entries.map((entry) =>
    [
      "<item>",
      `<title>${escape(entry.title)}</title>`,
      `<link>${escape(site.siteUrl + encodeURI(entry.url))}</link>`,
      `<guid isPermaLink="true">${escape(site.siteUrl + encodeURI(entry.url))}</guid>`,
      `<pubDate>${new Date(entry.date!).toUTCString()}</pubDate>`,
      entry.author ? `<dc:creator>${escape(entry.writer?.title ?? entry.author)}</dc:creator>` : "",
      ...entry.tags.map((tag) => `<category>${escape(tag.name)}</category>`),
      `<description>${escape(entry.description)}</description>`,
      `<content:encoded>${escape(absolute(entry.body, site.siteUrl))}</content:encoded>`,
      "</item>",
    ].join(""),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">',
    `<channel><title>${escape(site.title)}</title><link>${escape(site.siteUrl)}/</link>`,
    `<description>${escape(site.description)}</description><language>${escape(site.locale)}</language>`,
    `<lastBuildDate>${new Date(newest).toUTCString()}</lastBuildDate>`,
    `<atom:link href="${escape(site.siteUrl)}/feed.xml" rel="self" type="application/rss+xml"/>`,
    ...items,
    "</channel></rss>\n",
  ].join("\n")
}

/** Readers of feeds know no site: every address in them is whole. */
function absolute(html: string, siteUrl: string): string {
  return html
    .replace(/ (src|href)="\/(?!\/)/g, ` $1="${siteUrl}/`)
    .replace(/ srcset="([^"]*)"/g, (_, set: string) => ` srcset="${set.replace(/(^|,\s*)\/(?!\/)/g, `$1${siteUrl}/`)}"`)
}

function index(entries: Published[]): string {
  const rows = entries
    .filter((entry) => !entry.section)
    .map(({ url, title, description, tags, body }) => {
      const text = body.replace(/<[^>]+>/g, " ").replace(/&[a-z#0-9]+;/g, " ").replace(/\s+/g, " ").trim()
      return { url, title, description, tags: tags.map((tag) => tag.name), text }
    })
  return JSON.stringify(rows)
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")
}
