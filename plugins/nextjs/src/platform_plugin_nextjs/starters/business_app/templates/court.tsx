import { Breadcrumbs, crumbsTo } from "@/components/breadcrumbs";
import { FloorPlan } from "@/components/floor-plan";
import { PageHead } from "@/components/page-head";
import { Picture } from "@/components/picture";
import { SiteLink } from "@/components/site-link";
import { shows, type Entry } from "@/lib/content";
import { courtOf } from "@/lib/courts";
import { WEEKDAYS, clock, weeklyOn } from "@/lib/hall";
import { Markdown } from "@/lib/markdown";
import { Spaces } from "./home";

export function CourtList({ entry }: { entry?: Entry }) {
  return (
    <div className="page">
      <PageHead title={entry?.title ?? "Courts and rooms"} lead={entry?.description} />
      <FloorPlan />
      <h2 className="visually-hidden">All spaces</h2>
      <Spaces />
      {entry?.body.trim() ? <div className="prose" data-field="body"><Markdown text={entry.body} /></div> : null}
    </div>
  );
}

export function CourtPage({ entry }: { entry: Entry }) {
  const court = courtOf(entry.slug);
  return (
    <article className="page court" {...shows(entry)}>
      <Breadcrumbs crumbs={crumbsTo(entry.url, entry.title)} />
      <div className="court-top">
        <PageHead title={entry.title} lead={entry.description} />
        <FloorPlan here={entry.slug} />
      </div>
      {entry.image ? <div className="court-picture" data-field="image"><Picture src={entry.image} alt={entry.imageAlt} eager sizes="(min-width: 74rem) 74rem, 100vw" /></div> : null}
      <div className="court-body">
        <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
        {court ? (
          <div className="court-facts">
            <dl className="facts">
              <div><dt>An hour</dt><dd>CHF {court.price}</dd></div>
              <div><dt>Size</dt><dd>{court.size}</dd></div>
            </dl>
            <SiteLink className="button" href={`/book/?${new URLSearchParams({ court: court.name })}`}>Ask for {court.name}</SiteLink>
          </div>
        ) : null}
      </div>
      <EveryWeek court={entry.slug} />
    </article>
  );
}

function EveryWeek({ court }: { court: string }) {
  const days = WEEKDAYS.map((name, index) => ({ name, items: weeklyOn(index + 1).filter((item) => item.court === court) }));
  return (
    <section className="every-week" aria-labelledby="every-week">
      <h2 id="every-week">Taken every week</h2>
      <dl>
        {days.filter(({ items }) => items.length).map(({ name, items }) => (
          <div key={name}>
            <dt>{name}</dt>
            {items.map(({ from, to, who }) => <dd key={from}>{clock(from)} to {clock(to)}, {who}</dd>)}
          </div>
        ))}
      </dl>
    </section>
  );
}
