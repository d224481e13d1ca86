import { PageHead } from "@/components/page-head";
import { Picture } from "@/components/picture";
import { shows, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";

type Fact = { label: string; value: string };

export function BoatPage({ entry }: { entry: Entry }) {
  const facts = Array.isArray(entry.data.facts) ? (entry.data.facts as Fact[]) : [];
  return (
    <article className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <div className="page-picture" data-field="image"><Picture src={entry.image} alt={entry.imageAlt} eager sizes="(min-width: 74rem) 74rem, 100vw" /></div>
      <dl className="facts">
        {facts.map(({ label, value }) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
    </article>
  );
}
