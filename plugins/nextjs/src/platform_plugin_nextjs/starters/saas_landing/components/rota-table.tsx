import rota from "@/data/rota.json";

/** A whole week of a real kitchen: people down, days across, a station and hours in each field. */
export function RotaTable() {
  return (
    <figure className="rota-sheet">
      <figcaption>
        <strong>{rota.kitchen}</strong> <span>{rota.week}</span>
      </figcaption>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`Rota of ${rota.kitchen}`}>
        <table className="rota">
          <thead>
            <tr>
              <th scope="col">Who</th>
              {rota.days.map((day, index) => <th scope="col" key={day}>{day} <span>{rota.covers[index]} covers</span></th>)}
              <th scope="col" className="rota-hours">Hours</th>
            </tr>
          </thead>
          <tbody>
            {rota.people.map(({ name, role, shifts }) => (
              <tr key={name}>
                <th scope="row">{name} <span>{role}</span></th>
                {shifts.map((shift, index) => <Shift key={index} shift={shift} />)}
                <td className="rota-hours">{hoursOf(shifts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="rota-notes">
        {rota.notes.map(({ who, text }) => <li key={who}><strong>{who}</strong> {text}</li>)}
      </ul>
    </figure>
  );
}

/** Worked hours of a week: half an hour of break in a shift, a whole one from nine hours on. */
function hoursOf(shifts: string[]): number {
  return shifts.reduce((sum, shift) => {
    const [from, to] = (shift.split(" ")[1] ?? "").split("-").map(Number);
    if (from === undefined || to === undefined) return sum;
    return sum + to - from - (to - from >= 9 ? 1 : 0.5);
  }, 0);
}

function Shift({ shift }: { shift: string }) {
  const [station = "", time = ""] = shift.split(" ");
  if (!station) return <td className="rota-off">off</td>;
  return (
    <td className={`rota-shift station-${station.toLowerCase()}`}>
      <b>{station}</b> {time ? <span>{time.replace("-", "–")}</span> : null}
    </td>
  );
}
