// What Gatsby leaves in public/ is made fit for publishing: the same input gives the same files, however warm the
// cache was, and pages need nothing that a strict content security policy refuses.

import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, sep } from "node:path"

const PUBLIC = "public"
// For Gatsby itself, and made anew by each build.
const INTERNAL = ["~partytown", "_gatsby", "chunk-map.json", "webpack.stats.json"]
const RECORD = ".platform/static.json"
const BUNDLE = /^[^/]*-[0-9a-f]{20}\.js(\.LICENSE\.txt)?$|^[^/]+\.[0-9a-f]{20}\.css$/
const CAMEL = / (charSet|srcSet|dateTime|autoComplete|noValidate|crossOrigin|fetchPriority|hrefLang|spellCheck)=/g
const IMAGE = /^static\/[0-9a-f]{32}\//

/** Tidy public/ and tell whether images were removed. */
export function tidy(emitted: Set<string>): boolean {
  for (const name of INTERNAL) rmSync(join(PUBLIC, name), { recursive: true, force: true })
  removeOldStatic()
  const files = filesIn(PUBLIC)
  files.filter((name) => name.endsWith(".html")).forEach(makeStrict)
  return removeUnused(files, emitted)
}

function filesIn(folder: string): string[] {
  const names = globSync("**/*", { cwd: folder }).filter((name) => statSync(join(folder, name)).isFile())
  return names.map((name) => name.split(sep).join("/")).sort()
}

/**
 * Rewrite what Gatsby's runtime and React bring: the runtime starts after the page's own scripts, no element has a
 * style, and names of attributes are written as in HTML.
 */
function makeStrict(name: string): void {
  const path = join(PUBLIC, name)
  const page = readFileSync(path, "utf8")
  const strict = page
    .replace(/(<script src="[^"]+-[0-9a-f]{20}\.js") async(="")?>/g, "$1 defer>")
    .replace(/<div style="[^"]*" (tabindex="-1" id="gatsby-focus-wrapper")/, "<div $1")
    .replace(/(<div id="gatsby-announcer") style="[^"]*"/, "$1")
    .replace(/<[a-z][^<>]*>/g, (tag) => tag.replace(CAMEL, (name) => name.toLowerCase()))
  if (strict !== page) writeFileSync(path, strict)
}

/** Gatsby copies static/ and never removes; what was copied last time is written down. */
function removeOldStatic(): void {
  const now = new Set(existsSync("static") ? filesIn("static") : [])
  const before: string[] = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, "utf8")) : []
  for (const name of before) if (!now.has(name)) rmSync(join(PUBLIC, name), { force: true })
  mkdirSync(dirname(RECORD), { recursive: true })
  writeFileSync(RECORD, JSON.stringify([...now]))
}

function removeUnused(files: string[], emitted: Set<string>): boolean {
  const pages = files.filter((name) => /\.(html|json|xml|css)$/.test(name))
  const text = pages.map((name) => readFileSync(join(PUBLIC, name), "utf8")).join("\n")
  const images = new Set(text.match(/static\/[0-9a-f]{32}\/[0-9a-f]{5}/g) ?? [])
  const queries = new Set(text.match(/"staticQueryHashes":\[[^\]]*\]/g)?.flatMap((list) => list.match(/\d+/g) ?? []))
  let lost = false
  for (const name of files) {
    const oldBundle = BUNDLE.test(name) && !emitted.has(name)
    const oldImage = IMAGE.test(name) && !images.has(name.split("/").slice(0, 3).join("/"))
    const oldQuery = name.startsWith("page-data/sq/d/") && !queries.has(name.slice(15, -5))
    if (oldBundle || oldImage || oldQuery) rmSync(join(PUBLIC, name))
    lost ||= oldImage
  }
  return lost
}
