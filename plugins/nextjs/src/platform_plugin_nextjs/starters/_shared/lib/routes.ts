import { collections, entries, entryAt, inCollection, productOf, terms, termPath, type Entry, type Taxonomy } from "@/lib/content";
import { listed, pagePath, type Listing } from "@/lib/listing";
import { templates } from "@/templates";

/** What answers at an address of the content. */
export type Address =
  | { kind: "home"; path: string; entry?: Entry }
  | { kind: "entry"; path: string; entry: Entry }
  | { kind: "list"; path: string; folder: string; listing: Listing; entry?: Entry }
  | { kind: "terms"; path: string; taxonomy: Taxonomy; entry?: undefined }
  | { kind: "term"; path: string; taxonomy: Taxonomy; term: string; listing: Listing; entry?: undefined };

const TAXONOMIES: Taxonomy[] = ["tags", "categories"];
let known: Map<string, Address> | undefined;

/** Every address that content gives the site; an entry's own comes before a list. */
export function addresses(): Address[] {
  return [...table().values()];
}

/** What answers at *path*, which starts and ends with a slash. */
export function addressAt(path: string): Address | undefined {
  return table().get(path) ?? table().get(path.replace(/\/$/, ""));
}

function table(): Map<string, Address> {
  if (!known) {
    known = new Map();
    for (const address of found()) if (!known.has(address.path)) known.set(address.path, address);
    for (const address of [...known.values()].flatMap(laterPages)) if (!known.has(address.path)) known.set(address.path, address);
  }
  return known;
}

function* found(): Generator<Address> {
  yield { kind: "home", path: "/", entry: entryAt("/") };
  const folders = new Set(collections());
  for (const entry of entries()) {
    if (entry.url === "/") continue;
    const folder = [entry.collection, /^_?index$/.test(entry.slug) ? "" : entry.slug].filter(Boolean).join("/");
    if (folders.has(folder) && entry.url === `/${folder}/`) yield { kind: "list", path: entry.url, folder, listing: listingOf(entry.url, folder), entry };
    else yield { kind: "entry", path: entry.url, entry };
  }
  for (const folder of folders) {
    const path = `/${folder}/`;
    if (!entryAt(path) && inCollection(folder).length) yield { kind: "list", path, folder, listing: listingOf(path, folder) };
  }
  for (const taxonomy of TAXONOMIES) {
    const all = terms(taxonomy);
    if (all.size) yield { kind: "terms", path: `/${taxonomy}/`, taxonomy };
    for (const [term, entries] of all) {
      const path = termPath(taxonomy, term);
      yield { kind: "term", path, taxonomy, term, listing: listed(path, entries) };
    }
  }
}

function listingOf(path: string, folder: string): Listing {
  const all = inCollection(folder);
  if (templates.lists[folder]) return { ...listed(path, all), pages: 1 };
  return listed(path, folder === "products" ? all.filter(productOf) : all);
}

function laterPages(address: Address): Address[] {
  if (address.kind !== "list" && address.kind !== "term") return [];
  const { first, pages } = address.listing;
  const numbers = Array.from({ length: pages }, (_, index) => index + 1).slice(1);
  return numbers.map((number) => ({ ...address, path: pagePath(first, number), listing: { ...address.listing, number } }));
}
