import { SiteLink } from "@/components/site-link";
import { COURTS, courtOf } from "@/lib/courts";
import { HOURS, clock, type Day, type Slot } from "@/lib/hall";

/** One day, hour by hour; a free hour leads to the booking form. */
export function DayTable({ day }: { day: Day }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Hours of the day">
      <table className="day">
        <thead>
          <tr>
            <th scope="col">From</th>
            {COURTS.map(({ id, name }) => <th scope="col" key={id}>{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {HOURS.map((hour, index) => (
            <tr key={hour}>
              <th scope="row">{clock(hour)}</th>
              {day.rows.map(({ court, slots }) => <Cell key={court} court={court} date={day.date} slot={slots[index]} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ court, date, slot }: { court: string; date: string; slot?: Slot }) {
  if (!slot || slot.state === "over") return <td className="over">over</td>;
  if (slot.state === "taken") return <td className="taken">{slot.who}</td>;
  const ask = new URLSearchParams({ court: courtOf(court)?.name ?? court, date, from: clock(slot.hour) });
  const name = `Ask for ${courtOf(court)?.name} at ${clock(slot.hour)}`;
  return <td className="free"><SiteLink href={`/book/?${ask}`} aria-label={`free: ${name}`}>free</SiteLink></td>;
}
