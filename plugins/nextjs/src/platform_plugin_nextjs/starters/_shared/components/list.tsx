import { SiteLink } from "@/components/site-link";
import type { Entry } from "@/lib/content";
import { isoDate, longDate } from "@/lib/dates";

export function EntryList({ entries }: { entries: Entry[] }) {
  return (
    <ul className="page-list">
      {entries.map((entry) => (
        <li key={entry.url}>
          <article className="list-item">
            <EntryDate date={entry.date} />
            <h2><SiteLink href={entry.url}>{entry.title}</SiteLink></h2>
            {entry.description ? <p>{entry.description}</p> : null}
          </article>
        </li>
      ))}
    </ul>
  );
}

export function EntryDate({ date, field }: { date: Date | null; field?: string }) {
  return date ? <time dateTime={isoDate(date)} data-field={field}>{longDate(date)}</time> : null;
}
