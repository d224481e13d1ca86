import { PageHead } from "@/components/page-head";
import { SiteLink } from "@/components/site-link";
import { shows, type Entry } from "@/lib/content";
import { courtOf } from "@/lib/courts";
import { WEEKDAYS, clock, weeklyOn } from "@/lib/hall";
import { Markdown } from "@/lib/markdown";

export function TimetablePage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description}>
        <nav className="jump" aria-label="Days">
          {WEEKDAYS.map((day) => <a key={day} href={`#${day.toLowerCase()}`}>{day}</a>)}
        </nav>
      </PageHead>
      {WEEKDAYS.map((day, index) => (
        <section className="weekday" key={day} aria-labelledby={day.toLowerCase()}>
          <h2 id={day.toLowerCase()}>{day}</h2>
          <table className="groups">
            <thead><tr><th scope="col">Time</th><th scope="col">Group</th><th scope="col">Where</th></tr></thead>
            <tbody>
              {weeklyOn(index + 1).map(({ court, from, to, who }) => (
                <tr key={court + from}>
                  <td>{clock(from)}–{clock(to)}</td>
                  <td>{who}</td>
                  <td><SiteLink href={`/courts/${court}/`}>{courtOf(court)?.name ?? court}</SiteLink></td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
    </div>
  );
}
