// The content layer: which file of content/ becomes which page, and what every page knows of itself.
import { existsSync } from "node:fs";

import { platform, settings } from "./platform.js";

const INDEX = new Set(["index", "_index"]);
const PRODUCTS = "products";

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

/** The template of a page: the nearest of its collection's own, or what suits its kind. */
function view(data) {
  const where = place(data.page.inputPath);
  if (!where) return "";
  const { collection, isIndex, name } = where;
  const folders = [];
  for (let folder = collection; folder; folder = folder.replace(/\/?[^/]*$/, "")) folders.push(folder);
  const wanted = isIndex
    ? [...(collection ? [] : ["home"]), ...folders.map((folder) => `${folder}/list`), "list"]
    : [...(collection ? [] : [name]), ...folders.map((folder) => `${folder}/entry`), data.date ? "post" : "page"];
  return `views/${wanted.find(exists)}.njk`;
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

/** Folders of entries that have no page of their own. */
function bareSections(entries) {
  const indexes = new Set(entries.filter((item) => place(item.inputPath).isIndex).map((item) => item.url));
  const folders = new Set();
  for (const item of entries) {
    const parts = place(item.inputPath).collection.split("/").filter(Boolean);
    parts.forEach((_, at) => folders.add(parts.slice(0, at + 1).join("/")));
  }
  return [...folders].sort().filter((folder) => !indexes.has(`/${folder}/`));
}

function terms(entries) {
  const found = new Map();
  for (const item of entries) {
    for (const tag of item.data.topics) found.set(tag, [...(found.get(tag) ?? []), item]);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, items]) => ({ name, items }));
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
  eleventyConfig.addCollection("bareSections", (api) => bareSections(entries(api)));
  eleventyConfig.addCollection("terms", (api) => terms(articles(api)));
}
