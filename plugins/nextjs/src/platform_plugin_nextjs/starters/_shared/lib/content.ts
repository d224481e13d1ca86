import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import matter from "gray-matter";
import { options, platform, sells, site, type Product } from "@/lib/platform";

export type Entry = {
  /** The folder below content/, "" for its root. */
  collection: string;
  slug: string;
  url: string;
  title: string;
  description: string;
  date: Date | null;
  updated: Date | null;
  locale: string;
  image: string;
  imageAlt: string;
  tags: string[];
  categories: string[];
  /** All of the front matter. */
  data: Record<string, unknown>;
  body: string;
};

export const FOLDER = "content";
const INDEX = new Set(["index", "_index"]);
let known: Entry[] | undefined;

/** Every published entry, the newest first, then by weight and title. */
export function entries(): Entry[] {
  known ??= read().sort(
    (a, b) => (b.date?.getTime() ?? 0) - (a.date?.getTime() ?? 0) || weight(a) - weight(b) || a.title.localeCompare(b.title, site.locale),
  );
  return known;
}

/** The entries of one collection, without the page of the folder itself. */
export function inCollection(name: string): Entry[] {
  return entries().filter((entry) => entry.collection === name && !INDEX.has(entry.slug));
}

export function entryAt(url: string): Entry | undefined {
  return entries().find((entry) => entry.url === url);
}

/** The text of a front matter key, "" when it is none. */
export function text(entry: Entry, key: string): string {
  const value = entry.data[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Names an entry on the element that shows it; data-field names what is shown inside. An editor of the site finds both. */
export function shows({ collection, slug }: Entry) {
  return { "data-entry": [collection, slug].filter(Boolean).join("/") };
}

/** What the shop says of an entry; an entry without it is no product. */
export function productOf(entry: Entry): Product | undefined {
  return platform.products[String(entry.data.sku ?? "")];
}

export function weight(entry: Entry): number {
  return typeof entry.data.weight === "number" ? entry.data.weight : 0;
}

/** Collections that hold entries, their outer ones included. */
export function collections(): string[] {
  const found = new Set<string>();
  for (const { collection } of entries()) {
    const parts = collection.split("/").filter(Boolean);
    parts.forEach((_, index) => found.add(parts.slice(0, index + 1).join("/")));
  }
  return [...found].sort();
}

export type Taxonomy = "tags" | "categories";

/** Term -> entries, of one taxonomy. */
export function terms(taxonomy: Taxonomy): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>();
  for (const entry of entries()) for (const term of entry[taxonomy]) found.set(term, [...(found.get(term) ?? []), entry]);
  return new Map([...found].sort(([a], [b]) => a.localeCompare(b, site.locale)));
}

export function termPath(taxonomy: Taxonomy, term: string): string {
  const slug = term.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `/${taxonomy}/${slug || "other"}/`;
}

export function entryUrl(collection: string, slug: string, url: unknown): string {
  if (typeof url === "string" && url) {
    const own = `/${url.replace(/^\/+/, "")}`;
    return own.endsWith("/") || own.endsWith(".html") ? own : `${own}/`;
  }
  const path = [collection, INDEX.has(slug) ? "" : slug].filter(Boolean).join("/");
  return path ? `/${path}/` : "/";
}

function read(): Entry[] {
  const names = readdirSync(join(process.cwd(), FOLDER), { recursive: true, encoding: "utf-8" });
  const found = names.filter((name) => name.endsWith(".md")).sort().map((name) => parse(name.replaceAll("\\", "/")));
  const now = Date.now();
  return found.filter(
    (entry) =>
      entry.data.draft !== true &&
      (options.future || !entry.date || entry.date.getTime() <= now) &&
      (sells || !/^products(\/|$)/.test(entry.collection)),
  );
}

function parse(name: string): Entry {
  // gray-matter keeps what it parsed before, by text; an own option object turns that off.
  const { data, content } = matter(readFileSync(join(process.cwd(), FOLDER, name), "utf-8"), {});
  const parts = name.slice(0, -".md".length).split("/");
  const slug = parts.pop() ?? "";
  const collection = parts.join("/");
  const words = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return {
    collection,
    slug,
    url: entryUrl(collection, slug, data.url),
    title: String(data.title ?? slug),
    description: String(data.description ?? ""),
    date: date(data.date),
    updated: date(data.updated),
    locale: String(data.locale ?? ""),
    image: String(data.image ?? ""),
    imageAlt: String(data.image_alt ?? ""),
    tags: words(data.tags),
    categories: words(data.categories),
    data,
    body: content,
  };
}

function date(value: unknown): Date | null {
  const found = value instanceof Date ? value : typeof value === "string" ? new Date(value) : null;
  return found && !Number.isNaN(found.getTime()) ? found : null;
}
