import { EntryDate } from "@/components/list";
import { Picture } from "@/components/picture";
import { Plans } from "@/components/plans";
import { RotaTable } from "@/components/rota-table";
import { SiteLink } from "@/components/site-link";
import { entryAt, inCollection, text, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";
import { Questions } from "./questions";

/** The product is a sheet, so the sheet comes first. */
export function Home({ entry }: { entry?: Entry }) {
  const questions = entryAt("/questions/");
  return (
    <>
      <section className="ticket">
        <div className="wrap ticket-head">
          <h1>{entry ? text(entry, "heading") || entry.title : "Pass Rota"}</h1>
          <div>
            <p className="lead">{entry?.description}</p>
            <div className="actions">
              <SiteLink className="button" href="/try/">Try it for a month</SiteLink>
              <SiteLink className="button button-quiet" href="/docs/">Read the docs</SiteLink>
            </div>
          </div>
        </div>
        <div className="wrap"><RotaTable /></div>
      </section>
      <section className="section wrap split checks">
        <div className="prose"><Markdown text={entry?.body ?? ""} /></div>
        <Picture src="/images/sheet.webp" alt="The rota of one week as a printed sheet, clipped to the rail above the pass beside order tickets." sizes="(min-width: 56rem) 34rem, 100vw" />
      </section>
      <section className="section tinted" aria-labelledby="prices">
        <div className="wrap">
          <div className="section-head">
            <h2 id="prices">What it costs</h2>
            <p className="lead">For a kitchen, not for a head. No contract; stop at the end of any month.</p>
          </div>
          <Plans />
        </div>
      </section>
      <section className="section wrap home-more">
        <div>
          <h2>Questions that kitchens ask</h2>
          {questions ? <Questions entry={questions} first={4} /> : null}
          <p><SiteLink href="/questions/">All questions</SiteLink></p>
        </div>
        <div>
          <h2>What is new</h2>
          <ul className="slips">
            {inCollection("changelog").slice(0, 3).map((item) => (
              <li key={item.url}>
                <EntryDate date={item.date} />
                <SiteLink href={item.url}>{item.title}</SiteLink>
              </li>
            ))}
          </ul>
        </div>
      </section>
    </>
  );
}
