// The content layer: which file of content/ becomes which page, and what every page knows of itself.
import { existsSync, readFileSync } from "node:fs";

import { platform, settings } from "./platform.js";

const INDEX = new Set(["index", "_index"]);
const PRODUCTS = "products";
const PER_PAGE = 12;

/** Where a file of content/ stands: its collection, its name, and whether it is the folder's own page. */
export function place(inputPath) {
  const found = /^(?:\.\/)?content\/(.+)\.md$/.exec(inputPath ?? "");
  if (!found) return null;
  const parts = found[1].split("/");
  const name = parts.pop();
  return { collection: parts.join("/"), name, isIndex: INDEX.has(name) };
}

function permalink(data) {
  const where = place(data.page.inputPath);
  if (!where) return undefined;
  const own = data.url ? `/${String(data.url).replace(/^\/+/, "")}` : "";
  if (/\.[a-z0-9]+$/i.test(own)) return own;
  const parts = [where.collection, where.isIndex ? "" : where.name];
  const path = own || `/${parts.filter(Boolean).join("/")}/`;
  return `${path.replace(/\/*$/, "/")}index.html`;
}

const views = new Map();

function exists(view) {
  if (!views.has(view)) views.set(view, existsSync(`_includes/views/${view}.njk`));
  return views.get(view);
}

/** The nearest template of a kind that a folder has of its own, or else the one that suits. */
function nearest(folder, kind, otherwise) {
  const wanted = [];
  for (let above = folder; above; above = above.replace(/\/?[^/]*$/, "")) wanted.push(`${above}/${kind}`);
  return `views/${wanted.find(exists) ?? otherwise}.njk`;
}

function view(data) {
  const where = place(data.page.inputPath);
  if (!where) return "";
  const { collection, isIndex, name } = where;
  if (isIndex) return nearest(collection, "list", collection ? "list" : "home");
  return nearest(collection, "entry", !collection && exists(name) ? name : data.date ? "post" : "page");
}

const order = (a, b) =>
  (a.data.weight ?? 1e6) - (b.data.weight ?? 1e6) ||
  (b.data.date ? +b.date : 0) - (a.data.date ? +a.date : 0) ||
  (a.url < b.url ? -1 : 1);

function isHidden(data) {
  const where = place(data.page.inputPath);
  if (data.draft === true) return true;
  if (!where) return false;
  if (!settings.future && data.date && new Date(data.date) > new Date()) return true;
  if (where.collection.split("/")[0] !== PRODUCTS) return false;
  const sells = platform.shop && Object.keys(platform.products).length > 0;
  return !sells || (!where.isIndex && !(data.sku in platform.products));
}

function sectionTitle(folder) {
  const name = folder.split("/").pop().replaceAll(/[-_]+/g, " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A list for each folder of entries, with or without a page of its own. */
function sections(entries) {
  const folders = new Set();
  for (const item of entries) {
    const parts = place(item.inputPath).collection.split("/").filter(Boolean);
    parts.forEach((_, at) => folders.add(parts.slice(0, at + 1).join("/")));
  }
  return [...folders].sort().map((folder) => {
    const inside = entries.filter((item) => place(item.inputPath).collection === folder);
    const index = inside.find((item) => place(item.inputPath).isIndex);
    return {
      url: index?.url || `/${folder}/`,
      title: index?.data.title ?? sectionTitle(folder),
      description: index?.data.description,
      locale: index?.data.locale,
      view: nearest(folder, "list", "list"),
      items: inside.filter((item) => !place(item.inputPath).isIndex),
    };
  });
}

/** A list for each tag; names with the same address share one. */
function terms(entries, slugify) {
  const found = new Map();
  for (const item of entries) {
    for (const name of item.data.topics) {
      const url = `/topics/${slugify(name)}/`;
      if (!found.has(url)) found.set(url, { name, items: new Set() });
      found.get(url).items.add(item);
    }
  }
  const view = nearest("topics", "list", "list");
  const list = ([url, { name, items }]) => ({
    url,
    name,
    title: name,
    description: `Everything about ${name}.`,
    view,
    items: [...items],
  });
  return [...found].map(list).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The pages of a list: /posts/, /posts/page/2/ and so on. One whose template has no pager stays whole. */
function pagesOf(list) {
  const hasPager = list.url.endsWith("/") && readFileSync(`_includes/${list.view}`, "utf8").includes("parts/pager.njk");
  const pages = hasPager ? Math.max(1, Math.ceil(list.items.length / PER_PAGE)) : 1;
  const address = (number) => (number === 1 ? list.url : `${list.url}page/${number}/`);
  return Array.from({ length: pages }, (_, at) => ({
    ...list,
    url: address(at + 1),
    title: at ? `${list.title}, page ${at + 1}` : list.title,
    items: hasPager ? list.items.slice(at * PER_PAGE, (at + 1) * PER_PAGE) : list.items,
    number: at + 1,
    pages,
    newer: at > 0 ? address(at) : "",
    older: at + 1 < pages ? address(at + 2) : "",
  }));
}

/** Every page of the lists by its address, where its template looks for it. What an entry stands at is `written`. */
function pagesByAddress(lists, entries) {
  const written = new Set(entries.map((item) => item.url));
  return Object.fromEntries(lists.flatMap(pagesOf).map((page) => [page.url, { ...page, written: written.has(page.url) }]));
}

const topics = (data) => [data.tags ?? []].flat().filter((tag) => typeof tag === "string" && tag !== "all");

export default function (eleventyConfig) {
  eleventyConfig.addPreprocessor("published", "*", (data) => (isHidden(data) ? false : undefined));
  eleventyConfig.addGlobalData("layout", "layouts/entry.njk");
  eleventyConfig.addGlobalData("permalink", () => permalink);
  eleventyConfig.addGlobalData("eleventyComputed.view", () => view);
  eleventyConfig.addGlobalData("eleventyComputed.topics", () => topics);
  eleventyConfig.addGlobalData("eleventyComputed.section", () => (data) => place(data.page.inputPath)?.collection ?? "");
  eleventyConfig.addGlobalData(
    "eleventyComputed.product",
    () => (data) => (platform.shop && data.sku ? platform.products[data.sku] : undefined),
  );

  const entries = (api) => api.getAll().filter((item) => place(item.inputPath)).sort(order);
  const articles = (api) => entries(api).filter((item) => item.data.date && !item.data.sku && !place(item.inputPath).isIndex);
  eleventyConfig.addCollection("entries", entries);
  eleventyConfig.addCollection("dated", (api) => articles(api).sort((a, b) => +b.date - +a.date || (a.url < b.url ? -1 : 1)));
  const tagged = (api) => terms(articles(api), eleventyConfig.getFilter("slugify"));
  eleventyConfig.addCollection("terms", tagged);
  eleventyConfig.addCollection("lists", (api) => pagesByAddress([...tagged(api), ...sections(entries(api))], entries(api)));
}
