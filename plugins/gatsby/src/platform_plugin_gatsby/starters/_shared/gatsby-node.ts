import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { GatsbyNode, Node } from "gatsby"
import { finishBody } from "./src/node/body"
import { isPublic, PRODUCTS, toEntry } from "./src/node/entries"
import type { EntryFields } from "./src/node/entries"
import { makePicture } from "./src/node/pictures"
import { readPlatform } from "./src/node/platform"
import { publish } from "./src/node/publish"
import type { Facts, Published } from "./src/node/publish"
import { tidy } from "./src/node/tidy"

const PER_PAGE = 12
const platform = readPlatform()
const emitted = new Set<string>()

export const createSchemaCustomization: GatsbyNode["createSchemaCustomization"] = ({ actions }) => {
  // schema.graphql is the variant's own: front matter that its templates ask for.
  for (const name of ["src/node/schema.graphql", "schema.graphql"]) {
    if (existsSync(name)) actions.createTypes(readFileSync(name, "utf8"))
  }
}

export const sourceNodes: GatsbyNode["sourceNodes"] = (api) => {
  const { actions, createNodeId, createContentDigest, getNodesByType } = api
  const add = (type: string, key: string, fields: Record<string, unknown>) =>
    actions.createNode({
      ...fields,
      id: createNodeId(`${type} ${key}`),
      parent: null,
      children: [],
      internal: { type, contentDigest: createContentDigest(fields) },
    })
  const { fragments, formEndpoint, shop, routes, products } = platform
  add("Platform", "", { navigation: fragments.navigation, footer: fragments.footer, formEndpoint, shop, routes })
  Object.values(products).forEach(({ price_text: priceText, ...product }, order) =>
    add("Product", product.sku, { ...product, priceText, order }),
  )
  // An entry of the cache may have become due, or its setting may have changed.
  getNodesByType("MarkdownRemark").forEach((node) => bringEntry(node, api))
}

export const shouldOnCreateNode: GatsbyNode["shouldOnCreateNode"] = ({ node }) => (node as Node).internal.type === "MarkdownRemark"

export const onCreateNode: GatsbyNode["onCreateNode"] = (api) => bringEntry(api.node, api)

/** Make the entry of a Markdown file, unless nobody may see it. */
function bringEntry(node: any, api: any): void {
  const file = api.getNode(node.parent)
  const { createNodeId, createContentDigest, actions, getNode } = api
  const id = createNodeId(`Entry ${node.id}`)
  if (file?.sourceInstanceName !== "content") return
  if (!isPublic(node.frontmatter, platform.future)) {
    const old = getNode(id)
    if (old) actions.deleteNode(old)
    return
  }
  const fields = toEntry(file.relativePath, node.frontmatter, node.rawMarkdownBody)
  const entry = {
    ...fields,
    id,
    parent: node.id,
    children: [],
    internal: { type: "Entry", contentDigest: createContentDigest([fields, node.internal.contentDigest]) },
  }
  actions.createNode(entry)
  actions.createParentChildLink({ parent: node, child: entry as unknown as Node })
}

export const createResolvers: GatsbyNode["createResolvers"] = ({ createResolvers, reporter, cache }) => {
  const picture = (source: any, args: any, context: any) =>
    source.image ? makePicture(source.image, args, { context, reporter, cache }) : null
  createResolvers({
    Product: { picture: { resolve: picture } },
    Entry: {
      picture: { resolve: picture },
      gallery: {
        resolve: (source: any, args: any, context: any) =>
          Promise.all((source.gallery ?? []).map((path: string) => makePicture(path, args, { context, reporter, cache }))),
      },
      body: {
        resolve: async (source: any, _: unknown, context: any, info: any) => {
          const markdown = context.nodeModel.getNodeById({ id: source.parent, type: "MarkdownRemark" })
          const html = await info.schema.getType("MarkdownRemark").getFields().html.resolve(markdown, {}, context, info)
          return finishBody(html, { context, reporter, cache })
        },
      },
    },
  })
}

type Listed = Pick<EntryFields, "url" | "collection" | "slug" | "section" | "layout" | "locale" | "tags" | "categories"> & {
  id: string
  sku: string | null
}

export const createPages: GatsbyNode["createPages"] = async ({ graphql, actions, reporter }) => {
  const { data, errors } = await graphql<{ allEntry: { nodes: Listed[] }; site: { siteMetadata: Facts } }>(`
    query Pages {
      site { siteMetadata { locale } }
      allEntry(sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
        nodes { id url collection slug section layout locale sku tags { name slug url } categories { name slug url } }
      }
    }
  `)
  if (!data || errors) {
    reporter.panicOnBuild("The entries can't be read.", errors)
    return
  }
  const language = data.site.siteMetadata.locale
  const entries = data.allEntry.nodes.filter((entry) => isOffered(entry))
  const taken = new Set(entries.map((entry) => entry.url))
  const page = (path: string, names: (string | null)[], context: Record<string, unknown>) =>
    actions.createPage({ path, component: templateOf(names), context: { locale: language, ...context } })

  for (const entry of entries.filter((item) => !item.section || item.url === "/")) {
    const own = entry.url === "/" ? "home" : entry.collection === PRODUCTS ? "product" : `${entry.collection}-page`
    page(entry.url, [entry.layout, own, "page"], contextOf(entry, language))
  }
  for (const name of new Set(entries.map((entry) => entry.collection).filter(Boolean))) {
    const section = entries.find((entry) => entry.section && entry.collection === name)
    const url = section?.url ?? `/${name}/`
    if (!section && taken.has(url)) continue
    const members = entries.filter((entry) => entry.collection === name && !entry.section)
    const own = name === PRODUCTS ? ["products"] : [section?.layout ?? null, `${name}-list`, "list"]
    addList(page, url, own, members, { id: section?.id ?? "", collection: name })
  }
  for (const taxonomy of ["tags", "categories"] as const) {
    const terms = new Map(entries.flatMap((entry) => entry[taxonomy]).map((term) => [term.slug, term]))
    if (terms.size && !taken.has(`/${taxonomy}/`)) page(`/${taxonomy}/`, ["terms"], { taxonomy, url: `/${taxonomy}/` })
    for (const term of terms.values()) {
      const members = entries.filter((entry) => entry[taxonomy].some((item) => item.slug === term.slug))
      addList(page, term.url, ["term", "list"], members, { id: "", taxonomy, name: term.name })
    }
  }
  page("/404.html", ["not-found"], {})
}

type AddPage = (path: string, names: (string | null)[], context: Record<string, unknown>) => void

/** Add the pages of a list: /posts/, /posts/page/2/ and so on. */
function addList(page: AddPage, url: string, names: (string | null)[], members: Listed[], context: Record<string, unknown>): void {
  const pages = Math.max(1, Math.ceil(members.length / PER_PAGE))
  for (let number = 1; number <= pages; number += 1) {
    const path = number === 1 ? url : `${url}page/${number}/`
    const ids = members.slice((number - 1) * PER_PAGE, number * PER_PAGE).map((entry) => entry.id)
    page(path, names, { ...context, url, number, pages, ids })
  }
}

/** A product's page exists only where it can be bought. */
function isOffered(entry: Listed): boolean {
  if (entry.collection !== PRODUCTS) return true
  return platform.shop && (entry.section ? Object.keys(platform.products).length > 0 : (entry.sku ?? "") in platform.products)
}

function contextOf(entry: Listed, language: string): Record<string, unknown> {
  const { id, url, collection, slug, sku } = entry
  const shown = entry.section ? undefined : [collection, slug].filter(Boolean).join("/")
  return { id, url, collection, sku, shown, locale: entry.locale || language }
}

/** Return the first template of these names that there is. */
function templateOf(names: (string | null)[]): string {
  const safe = names.filter((name): name is string => /^[a-z][a-z0-9_-]*$/i.test(name ?? ""))
  const found = safe.map((name) => resolve("src/templates", `${name}.tsx`)).find((path) => existsSync(path))
  return found ?? resolve("src/templates/page.tsx")
}

export const onCreateWebpackConfig: GatsbyNode["onCreateWebpackConfig"] = ({ stage, actions, plugins }) => {
  const { head, "body-end": bodyEnd } = platform.fragments
  const html = stage.endsWith("-html")
  const forPages = {
    __PLATFORM_HEAD__: JSON.stringify(head),
    __PLATFORM_BODY_END__: JSON.stringify(bodyEnd),
    __PLATFORM_TRANSLATIONS__: JSON.stringify(platform.translations),
  }
  actions.setWebpackConfig({
    devtool: stage === "build-javascript" ? false : undefined,
    plugins: [
      ...(html ? [plugins.define(forPages)] : []),
      ...(stage === "build-javascript" ? [{ apply: noteEmitted }] : []),
    ],
  })
}

function noteEmitted(compiler: any): void {
  compiler.hooks.done.tap("platform", (stats: any) => {
    for (const { name } of stats.compilation.getAssets()) emitted.add(name)
  })
}

export const onPostBuild: GatsbyNode["onPostBuild"] = async ({ graphql, store }) => {
  const { data, errors } = await graphql<{ allEntry: { nodes: Published[] }; site: { siteMetadata: Facts } }>(`
    query Publish {
      site { siteMetadata { title description locale siteUrl } }
      allEntry(sort: [{ date: DESC }, { url: ASC }]) {
        nodes { url title description date updated collection section body author writer { title } tags { name } }
      }
    }
  `)
  if (!data || errors) throw new Error(`The feed can't be made: ${JSON.stringify(errors)}`)
  const state = store.getState() as any
  const paths = [...state.pages.keys()].filter((path: string) => !path.startsWith("/404") && !path.startsWith("/dev-404"))
  const entries = data.allEntry.nodes.filter((entry) => paths.includes(entry.url))
  publish(entries, paths, data.site.siteMetadata, existsSync("src/templates/search.tsx"))
  if (tidy(emitted)) {
    // Gatsby would take a removed image for made.
    for (const contentDigest of state.jobsV2.complete.keys()) {
      store.dispatch({ type: "REMOVE_STALE_JOB_V2", payload: { contentDigest } } as any)
    }
  }
}
