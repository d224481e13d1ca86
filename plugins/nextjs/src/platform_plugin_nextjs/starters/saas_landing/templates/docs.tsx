import type { ReactNode } from "react";
import { Breadcrumbs, crumbsTo } from "@/components/breadcrumbs";
import { PageHead } from "@/components/page-head";
import { SiteLink } from "@/components/site-link";
import { entryAt, inCollection, shows, type Entry } from "@/lib/content";
import { Markdown, headings } from "@/lib/markdown";

export function DocsList({ entry }: { entry?: Entry }) {
  return (
    <Frame here="/docs/">
      <PageHead title={entry?.title ?? "Docs"} lead={entry?.description} />
      <div className="prose"><Markdown text={entry?.body ?? ""} /></div>
    </Frame>
  );
}

export function DocsPage({ entry }: { entry: Entry }) {
  const pages = inCollection("docs");
  const at = pages.findIndex(({ url }) => url === entry.url);
  const [before, after] = [pages[at - 1], pages[at + 1]];
  const onPage = headings(entry.body);
  return (
    <Frame here={entry.url} entry={entry}>
      <Breadcrumbs crumbs={crumbsTo(entry.url, entry.title)} />
      <PageHead title={entry.title} lead={entry.description} />
      {onPage.length > 1 ? (
        <nav className="on-page" aria-label="On this page">
          <ul>{onPage.map(({ id, label }) => <li key={id}><a href={`#${id}`}>{label}</a></li>)}</ul>
        </nav>
      ) : null}
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
      <nav className="pager" aria-label="Before and after">
        {before ? <SiteLink rel="prev" href={before.url}>{before.title}</SiteLink> : <span />}
        {after ? <SiteLink rel="next" href={after.url}>{after.title}</SiteLink> : <span />}
      </nav>
    </Frame>
  );
}

function Frame({ here, entry, children }: { here: string; entry?: Entry; children: ReactNode }) {
  const pages = [entryAt("/docs/"), ...inCollection("docs")].filter((page) => page !== undefined);
  return (
    <div className="wrap docs">
      <nav className="docs-menu" aria-label="Docs">
        <ul>
          {pages.map(({ url, title }) => (
            <li key={url}><SiteLink href={url} aria-current={url === here ? "page" : undefined}>{title}</SiteLink></li>
          ))}
        </ul>
      </nav>
      <article className="docs-text" {...(entry ? shows(entry) : {})}>{children}</article>
    </div>
  );
}
