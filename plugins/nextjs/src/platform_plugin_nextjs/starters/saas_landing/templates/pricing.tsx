import { PageHead } from "@/components/page-head";
import { Plans } from "@/components/plans";
import { shows, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";

export function PricingPage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <h2 className="visually-hidden">Plans</h2>
      <Plans />
      <div className="prose after-plans" data-field="body"><Markdown text={entry.body} /></div>
    </div>
  );
}
