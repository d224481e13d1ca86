"use client";

import { useEffect, useState } from "react";

type Day = { name: string; from: string[]; to: string[] };
type Props = { days: Day[]; from: string; to: string; zone: string };

/** The next boats by the reader's clock; without JavaScript, the first ones of each day. */
export function Departures({ days, from, to, zone }: Props) {
  const [now, setNow] = useState<{ day: number; clock: string } | null>(null);

  useEffect(() => {
    const look = () => setNow(timeIn(zone));
    look();
    const timer = setInterval(look, 30_000);
    return () => clearInterval(timer);
  }, [zone]);

  const day = days[now?.day ?? 0];
  if (!day) return null;
  const rows = [
    { from, to, times: next(day.from, now?.clock) },
    { from: to, to: from, times: next(day.to, now?.clock) },
  ];
  return (
    <div className="departures">
      <p className="departures-when">{now ? `It is ${now.clock} at the quay. The next boats:` : `${day.name}, the first boats:`}</p>
      <dl>
        {rows.map((row) => (
          <div key={row.from}>
            <dt>{row.from} <span>to {row.to}</span></dt>
            <dd>{row.times.length ? row.times.map((time) => <time key={time}>{time}</time>) : "No more today"}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function next(times: string[], clock = ""): string[] {
  return times.filter((time) => time >= clock || time < "04").slice(0, 4);
}

/** Which of the three timetables holds, and what the clock shows, at the quay. */
function timeIn(zone: string): { day: number; clock: string } {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date());
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const day = { Sat: 1, Sun: 2 }[get("weekday")] ?? 0;
  return { day, clock: `${get("hour")}:${get("minute")}` };
}
