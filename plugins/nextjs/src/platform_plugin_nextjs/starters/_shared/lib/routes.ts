import { collections, entries, entryAt, inCollection, terms, termPath, type Entry, type Taxonomy } from "@/lib/content";

/** What answers at an address of the content. */
export type Address =
  | { kind: "home"; path: string; entry?: Entry }
  | { kind: "entry"; path: string; entry: Entry }
  | { kind: "list"; path: string; folder: string; entry?: Entry }
  | { kind: "terms"; path: string; taxonomy: Taxonomy; entry?: undefined }
  | { kind: "term"; path: string; taxonomy: Taxonomy; term: string; entry?: undefined };

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
  }
  return known;
}

function* found(): Generator<Address> {
  yield { kind: "home", path: "/", entry: entryAt("/") };
  const folders = new Set(collections());
  for (const entry of entries()) {
    if (entry.url === "/") continue;
    const folder = [entry.collection, /^_?index$/.test(entry.slug) ? "" : entry.slug].filter(Boolean).join("/");
    if (folders.has(folder) && entry.url === `/${folder}/`) yield { kind: "list", path: entry.url, folder, entry };
    else yield { kind: "entry", path: entry.url, entry };
  }
  for (const folder of folders) {
    const path = `/${folder}/`;
    if (!entryAt(path) && inCollection(folder).length) yield { kind: "list", path, folder };
  }
  for (const taxonomy of TAXONOMIES) {
    const all = terms(taxonomy);
    if (all.size) yield { kind: "terms", path: `/${taxonomy}/`, taxonomy };
    for (const term of all.keys()) yield { kind: "term", path: termPath(taxonomy, term), taxonomy, term };
  }
}
