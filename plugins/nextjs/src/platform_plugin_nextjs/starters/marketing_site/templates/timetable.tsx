import { PageHead } from "@/components/page-head";
import timetable from "@/data/timetable.json";
import { shows, type Entry } from "@/lib/content";
import { crossing } from "@/lib/crossing";
import { Markdown } from "@/lib/markdown";

export function TimetablePage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title}>
        <p className="lead">{`Valid from ${timetable.valid}. The crossing takes ${crossing.minutes} minutes.`}</p>
      </PageHead>
      {timetable.days.map((day) => (
        <section className="sailings" key={day.name}>
          <h2>{day.name}</h2>
          <div className="sailings-both">
            <Times from={crossing.from.name} to={crossing.to.name} times={day.from} />
            <Times from={crossing.to.name} to={crossing.from.name} times={day.to} />
          </div>
        </section>
      ))}
      <ul className="sailings-notes">{timetable.notes.map((note) => <li key={note}>{note}</li>)}</ul>
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
    </div>
  );
}

/** One row for each hour, as it hangs at the quay. */
function Times({ from, to, times }: { from: string; to: string; times: string[] }) {
  const hours = [...new Set(times.map((time) => time.slice(0, 2)))];
  return (
    <table className="quay-table">
      <caption>From {from} <span>to {to}</span></caption>
      <thead className="visually-hidden"><tr><th scope="col">Hour</th><th scope="col">Minutes</th></tr></thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour}>
            <th scope="row">{hour}</th>
            <td>{times.filter((time) => time.startsWith(hour)).map((time) => <time key={time} dateTime={time}>{time.slice(3)}</time>)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
