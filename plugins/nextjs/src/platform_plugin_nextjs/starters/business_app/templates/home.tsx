import { FloorPlan } from "@/components/floor-plan";
import { EntryDate } from "@/components/list";
import { SiteLink } from "@/components/site-link";
import { inCollection, text, type Entry } from "@/lib/content";
import { COURTS } from "@/lib/courts";
import { Markdown } from "@/lib/markdown";

/** The plan of the hall is the way in; what it shows stands beside it as a list. */
export function Home({ entry }: { entry?: Entry }) {
  const notices = inCollection("notices").slice(0, 3);
  return (
    <>
      <section className="hall">
        <div className="wrap hall-in">
          <div className="hall-text">
            <h1>{entry ? text(entry, "heading") || entry.title : "Brunnhalle 4"}</h1>
            <p className="lead">{entry?.description}</p>
            <div className="actions">
              <SiteLink className="button" href="/availability/">See what is free</SiteLink>
              <SiteLink className="button button-quiet" href="/book/">Ask for an hour</SiteLink>
            </div>
          </div>
          <FloorPlan />
        </div>
      </section>
      <section className="section wrap" aria-labelledby="spaces">
        <h2 id="spaces">Six spaces under one roof</h2>
        <Spaces />
      </section>
      <section className="section tinted">
        <div className="wrap split">
          <div className="prose"><Markdown text={entry?.body ?? ""} /></div>
          <div>
            <h2>Notices</h2>
            <ul className="notices">
              {notices.map((notice) => (
                <li key={notice.url}>
                  <EntryDate date={notice.date} />
                  <SiteLink href={notice.url}>{notice.title}</SiteLink>
                </li>
              ))}
            </ul>
            <p><SiteLink href="/notices/">All notices</SiteLink></p>
          </div>
        </div>
      </section>
    </>
  );
}

export function Spaces() {
  return (
    <ul className="spaces">
      {COURTS.map((court) => (
        <li key={court.id}>
          <SiteLink className="spaces-name" href={`/courts/${court.id}/`}>{court.name}</SiteLink>
          <span className="spaces-sports">{court.sports}</span>
          <span>{court.size}</span>
          <span className="spaces-price">CHF {court.price}</span>
        </li>
      ))}
    </ul>
  );
}
