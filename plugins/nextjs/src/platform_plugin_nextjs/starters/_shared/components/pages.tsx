import type { ReactNode } from "react";
import { Breadcrumbs, crumbsTo } from "@/components/breadcrumbs";
import { JsonLd } from "@/components/json-ld";
import { EntryDate, EntryList } from "@/components/list";
import { PageHead } from "@/components/page-head";
import { Pager } from "@/components/pager";
import { Picture } from "@/components/picture";
import { SiteLink } from "@/components/site-link";
import { shows, terms, termPath, type Entry, type Taxonomy } from "@/lib/content";
import { articleItem } from "@/lib/json-ld";
import type { Part } from "@/lib/listing";
import { Markdown } from "@/lib/markdown";

/** A page of content: what every entry gets that no template claims. */
export function PlainPage({ entry, before, after }: { entry: Entry; before?: ReactNode; after?: ReactNode }) {
  const deep = entry.url.split("/").filter(Boolean).length > 1;
  return (
    <article className="page" {...shows(entry)}>
      {deep ? <Breadcrumbs crumbs={crumbsTo(entry.url, entry.title)} /> : null}
      <PageHead title={entry.title} lead={entry.description}>
        {entry.date ? <p className="byline"><EntryDate date={entry.date} field="date" /></p> : null}
        <Tags entry={entry} />
      </PageHead>
      {entry.image ? <div className="page-picture" data-field="image"><Picture src={entry.image} alt={entry.imageAlt} eager sizes="(min-width: 74rem) 74rem, 100vw" /></div> : null}
      {before}
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
      {after}
      <JsonLd items={[articleItem(entry)]} />
    </article>
  );
}

/** A page of a folder: what lies in it, and on the first one its own text. */
export function ListPage({ title, entry, part }: { title: string; entry?: Entry; part: Part }) {
  return (
    <div className="page">
      <PageHead title={title} lead={entry?.description} />
      {part.number === 1 && entry?.body.trim() ? <div className="prose" data-field="body"><Markdown text={entry.body} /></div> : null}
      <EntryList entries={part.entries} />
      <Pager part={part} />
    </div>
  );
}

export function TermPage({ taxonomy, term, part }: { taxonomy: Taxonomy; term: string; part: Part }) {
  return (
    <div className="page">
      <Breadcrumbs crumbs={[{ label: "Home", path: "/" }, { label: taxonomyTitle(taxonomy), path: `/${taxonomy}/` }, { label: term, path: termPath(taxonomy, term) }]} />
      <PageHead title={term} />
      <EntryList entries={part.entries} />
      <Pager part={part} />
    </div>
  );
}

export function TaxonomyPage({ taxonomy }: { taxonomy: Taxonomy }) {
  return (
    <div className="page">
      <PageHead title={taxonomyTitle(taxonomy)} />
      <ul className="terms">
        {[...terms(taxonomy)].map(([term, found]) => (
          <li key={term}><SiteLink href={termPath(taxonomy, term)}>{term} <span className="count">{found.length}</span></SiteLink></li>
        ))}
      </ul>
    </div>
  );
}

export function taxonomyTitle(taxonomy: Taxonomy): string {
  return taxonomy === "tags" ? "Topics" : "Categories";
}

function Tags({ entry }: { entry: Entry }) {
  if (!entry.tags.length) return null;
  return (
    <ul className="tags" aria-label="Topics">
      {entry.tags.map((tag) => (
        <li key={tag}><SiteLink href={termPath("tags", tag)}>{tag}</SiteLink></li>
      ))}
    </ul>
  );
}
