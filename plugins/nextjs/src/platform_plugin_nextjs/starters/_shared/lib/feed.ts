import { entries, type Entry } from "@/lib/content";
import { markdownHtml } from "@/lib/markdown";
import { about, absolute, site } from "@/lib/platform";

const LIMIT = 20;

/** Dated entries as RSS, whole texts, the newest first. */
export function feed(): string {
  const dated = datedEntries().slice(0, LIMIT);
  const head = [
    tag("title", site.title),
    tag("link", absolute("/")),
    tag("description", about.description),
    tag("language", site.locale),
    `<atom:link href="${escape(absolute("/feed.xml"))}" rel="self" type="application/rss+xml"/>`,
  ];
  const names = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"';
  return `<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" ${names}>\n<channel>\n${[...head, ...dated.map(item)].join("\n")}\n</channel>\n</rss>\n`;
}

/** A feed is announced where there is something in it. */
export function hasFeed(): boolean {
  return datedEntries().length > 0;
}

function datedEntries(): Entry[] {
  return entries().filter((entry) => entry.date && !/^products(\/|$)/.test(entry.collection));
}

function item(entry: Entry): string {
  const address = absolute(encodeURI(entry.url));
  return [
    "<item>",
    tag("title", entry.title),
    tag("link", address),
    `<guid isPermaLink="true">${escape(address)}</guid>`,
    tag("pubDate", entry.date?.toUTCString() ?? ""),
    ...entry.tags.map((name) => tag("category", name)),
    tag("description", entry.description || entry.title),
    tag("content:encoded", markdownHtml(entry.body, site.base_url)),
    "</item>",
  ].join("\n");
}

function tag(name: string, text: string): string {
  return `<${name}>${escape(text)}</${name}>`;
}

/** Characters that XML does not know at all are left out. */
function escape(text: string): string {
  const known = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return known.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
