/** Entries as pages: which are published, at which address, and what belongs together. */
import { getCollection, type CollectionEntry, type CollectionKey } from 'astro:content';
import composition from 'platform:composition';
import { ownFolders } from '../folders';

export type Entry = CollectionEntry<CollectionKey>;

export interface Crumb {
  name: string;
  path: string;
}

/** One page that comes from content/. */
export interface Page {
  kind: 'entry' | 'list' | 'terms' | 'term';
  path: string;
  title: string;
  /** First folder below content/, "" for pages of the root. */
  folder: string;
  entry?: Entry;
  children: Entry[];
  terms: { name: string; path: string; count: number }[];
  crumbs: Crumb[];
  /** Of a list that has several pages: which one this is, and the addresses beside it. */
  pager?: { number: number; pages: number; previous?: string; next?: string };
}

const PRODUCTS = 'products';
const TAXONOMIES = { tags: 'Tags', categories: 'Categories' } as const;
const isIndex = (id: string) => /(^|\/)_?index$/.test(id);
const parent = (id: string) => id.split('/').slice(0, -1).join('/');
const folderOf = (id: string) => (id.includes('/') ? id.split('/')[0]! : '');
const plainName = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replace(/[-_]+/g, ' ');

export const slug = (text: string) =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

/** The path at which an entry answers: its own `url`, or its place as a directory. */
export function address(entry: Entry): string {
  if (entry.data.url) return `/${entry.data.url.replace(/^\/+/, '')}`;
  const path = isIndex(entry.id) ? parent(entry.id) : entry.id;
  return path ? `/${path}/` : '/';
}

export const title = (entry: Entry) => entry.data.title ?? plainName(entry.id.split('/').pop()!);
export const product = (entry?: Entry) =>
  entry && composition.shop ? composition.products[String((entry.data as { sku?: unknown }).sku ?? '')] : undefined;

function isPublished(entry: Entry): boolean {
  if (entry.data.draft) return false;
  if (!composition.settings.future && entry.data.date && entry.data.date.getTime() > Date.now()) return false;
  return folderOf(entry.id) !== PRODUCTS || sells;
}

const sells = Object.keys(composition.products).length > 0 && composition.shop;

function byDate(one: Entry, other: Entry): number {
  const days = (other.data.date?.getTime() ?? 0) - (one.data.date?.getTime() ?? 0);
  const order = (entry: Entry) => Number((entry.data as { order?: unknown }).order ?? 1e6);
  return days || order(one) - order(other) || (one.id < other.id ? -1 : 1);
}

let known: Promise<Entry[]> | undefined;

/** Every published entry; newest first, then by `order`, then by name. */
export function published(): Promise<Entry[]> {
  // While somebody writes, entries change under a running server.
  if (known && !import.meta.env.DEV) return known;
  known = Promise.all(['entries', ...ownFolders].map((name) => getCollection(name as CollectionKey))).then((found) =>
    (found.flat() as Entry[]).filter(isPublished).sort(byDate),
  );
  return known;
}

export const inFolder = async (folder: string): Promise<Entry[]> =>
  (await published()).filter((entry) => entry.id.startsWith(`${folder}/`) && !isIndex(entry.id));

/** Entries of a feed: those with a date. */
export const dated = async (): Promise<Entry[]> =>
  (await published()).filter((entry) => entry.data.date && folderOf(entry.id) !== PRODUCTS && !isIndex(entry.id));

/** The entry that holds the text of a page which has a template of its own. */
export const textOf = async (path: string): Promise<Entry | undefined> =>
  (await published()).find((entry) => address(entry) === path);

/** Every page that content/ makes; paths in `taken` have templates of their own, `perPage` says which lists have pages. */
export async function pages(taken: ReadonlySet<string>, perPage: (page: Page) => number | undefined): Promise<Page[]> {
  const all = await published();
  const lists = listsOf(all);
  const named = new Map(lists.map((list) => [list.path, list.title]));
  const entries = all.filter((entry) => !isIndex(entry.id)).map((entry) => entryPage(entry, named));
  const seen = new Set(taken);
  const isFree = ({ path }: Page) => !seen.has(path) && seen.add(path);
  const found = [...entries, ...lists, ...termPages(all)].filter(isFree);
  // What has an address by itself keeps it, also where a list would go on.
  return found.flatMap((page) => {
    const [first, ...more] = parts(page, perPage(page));
    return [first!, ...more.filter(isFree)];
  });
}

/** The pages of a list: /log/, /log/page/2/ and so on. */
function parts(page: Page, size = Infinity): Page[] {
  const pages = Math.ceil(page.children.length / size);
  if (pages < 2) return [page];
  const root = page.path.replace(/\/$|\.html$/, '');
  const at = (number: number) => (number === 1 ? page.path : `${root}/page/${number}/`);
  return Array.from({ length: pages }, (_, before) => {
    const number = before + 1;
    const pager = { number, pages, previous: before ? at(before) : undefined, next: number < pages ? at(number + 1) : undefined };
    return { ...page, path: at(number), children: page.children.slice(before * size, number * size), pager };
  });
}

function entryPage(entry: Entry, named: ReadonlyMap<string, string>): Page {
  const crumbs = ancestors(parent(entry.id), named);
  const path = address(entry);
  return { kind: 'entry', path, title: title(entry), folder: folderOf(entry.id), entry, children: [], terms: [], crumbs };
}

function ancestors(folder: string, named: ReadonlyMap<string, string>): Crumb[] {
  const parts = folder ? folder.split('/') : [];
  return parts.flatMap((_, at) => {
    const path = `/${parts.slice(0, at + 1).join('/')}/`;
    const name = named.get(path);
    return name ? [{ name, path }] : [];
  });
}

/** One page for each folder that holds entries, with the text of its _index.md if it has one. */
function listsOf(all: Entry[]): Page[] {
  const folders = new Set(all.filter((entry) => parent(entry.id)).map((entry) => parent(entry.id)));
  for (const folder of [...folders]) for (let up = parent(folder); up; up = parent(up)) folders.add(up);
  const indexes = new Map(all.filter((entry) => isIndex(entry.id)).map((entry) => [parent(entry.id), entry]));
  const lists = [...folders].sort().map((folder): Page => {
    const entry = indexes.get(folder);
    const children = all.filter((item) => item !== entry && below(item, folder));
    const name = entry ? title(entry) : plainName(folder.split('/').pop()!);
    const path = entry ? address(entry) : `/${folder}/`;
    return { kind: 'list', path, title: name, folder: folder.split('/')[0]!, entry, children, terms: [], crumbs: [] };
  });
  const named = new Map(lists.map((list) => [list.path, list.title]));
  return lists.map((list) => ({ ...list, crumbs: ancestors(parent(list.path.replace(/^\/|\/$/g, '')), named) }));
}

/** Tell whether an entry stands directly in a folder; the text of a folder in it counts too. */
const below = (entry: Entry, folder: string) =>
  (isIndex(entry.id) ? parent(parent(entry.id)) : parent(entry.id)) === folder && parent(entry.id) !== '';

function termPages(all: Entry[]): Page[] {
  return Object.entries(TAXONOMIES).flatMap(([taxonomy, label]) => {
    const found = new Map<string, { name: string; children: Entry[] }>();
    for (const entry of all) {
      for (const name of entry.data[taxonomy as keyof typeof TAXONOMIES]) {
        const term = found.get(slug(name)) ?? { name, children: [] };
        term.children.push(entry);
        found.set(slug(name), term);
      }
    }
    const root = `/${taxonomy}/`;
    const sorted = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
    const terms = sorted.map(([key, term]) => ({ name: term.name, path: `${root}${key}/`, count: term.children.length }));
    const common = { folder: taxonomy, entry: undefined };
    const crumbs = [{ name: label, path: root }];
    const each = sorted.map(
      ([key, term]): Page => ({ kind: 'term', path: `${root}${key}/`, title: term.name, children: term.children, terms: [], crumbs, ...common }),
    );
    const overview: Page = { kind: 'terms', path: root, title: label, children: [], terms, crumbs: [], ...common };
    return each.length ? [overview, ...each] : [];
  });
}
