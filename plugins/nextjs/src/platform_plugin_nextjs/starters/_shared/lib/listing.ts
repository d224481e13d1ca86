import type { Entry } from "@/lib/content";

const PER_PAGE = 12;

/** All that a list holds, and which of its pages is meant. */
export type Listing = { all: Entry[]; first: string; number: number; pages: number };

/** What one page of a list shows, and the address of the first page. */
export type Part = { entries: Entry[]; first: string; number: number; pages: number; dated: boolean };

/** The first page of a list: /posts/ of /posts/, /posts/page/2/ and so on. */
export function listed(first: string, all: Entry[]): Listing {
  return { all, first, number: 1, pages: Math.ceil(all.length / PER_PAGE) };
}

export function partOf({ all, first, number, pages }: Listing): Part {
  const entries = pages > 1 ? all.slice((number - 1) * PER_PAGE, number * PER_PAGE) : all;
  return { entries, first, number, pages, dated: Boolean(all[0]?.date) };
}

export function pagePath(first: string, number: number): string {
  return number > 1 ? `${first}page/${number}/` : first;
}
