import { Breadcrumbs } from "@/components/breadcrumbs";
import { DayTable } from "@/components/day-table";
import { PageHead } from "@/components/page-head";
import { SiteLink } from "@/components/site-link";
import { COURTS } from "@/lib/courts";
import { dayName, dayOf, freeHours, type Now } from "@/lib/hall";

const IDS = COURTS.map(({ id }) => id);

/** The days that can be looked at, with what is free on each. */
export function Days({ dates, now }: { dates: string[]; now?: Now }) {
  return (
    <div className="page">
      <PageHead title="What is free" lead={now ? `Computed when you asked, at ${now.clock}.` : "The next days, as the desk last published them. For a day that is not here, write to the desk."} />
      <ol className="days">
        {dates.map((date) => {
          const day = dayOf(date, IDS, now);
          return (
            <li key={date}>
              <SiteLink href={`/availability/${date}/`}>{dayName(date)}</SiteLink>
              <span>{day.closed || `${freeHours(day)} free hours`}</span>
              <meter min={0} max={90} value={freeHours(day)} aria-label={`Free hours on ${dayName(date)}`} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** One day of all courts. */
export function OneDay({ date, dates, now }: { date: string; dates: string[]; now?: Now }) {
  const day = dayOf(date, IDS, now);
  const at = dates.indexOf(date);
  const [before, after] = [dates[at - 1], dates[at + 1]];
  return (
    <div className="page">
      <Breadcrumbs crumbs={[{ label: "Home", path: "/" }, { label: "What is free", path: "/availability/" }, { label: dayName(date), path: `/availability/${date}/` }]} />
      <PageHead title={dayName(date)} lead={day.closed ? `Closed: ${day.closed.toLowerCase()}.` : leadOf(freeHours(day), now)} />
      <DayTable day={day} />
      <nav className="pager" aria-label="Other days">
        {before ? <SiteLink rel="prev" href={`/availability/${before}/`}>{dayName(before)}</SiteLink> : <span />}
        {after ? <SiteLink rel="next" href={`/availability/${after}/`}>{dayName(after)}</SiteLink> : <span />}
      </nav>
    </div>
  );
}

function leadOf(free: number, now?: Now): string {
  const hours = free === 1 ? "One hour is free" : `${free} hours are free`;
  return now ? `${hours}, as of ${now.clock}. Choose one to ask for it.` : `${hours}. Choose one to ask for it; the desk confirms by e-mail.`;
}
