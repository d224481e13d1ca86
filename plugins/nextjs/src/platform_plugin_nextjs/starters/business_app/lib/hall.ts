import hall from "@/data/hall.json";

export type Slot = { hour: number; state: "free" | "taken" | "over"; who: string };
export type Day = { date: string; closed: string; rows: { court: string; slots: Slot[] }[] };
export type Booking = { court: string; from: number; to: number; who: string };

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const HOURS = Array.from({ length: hall.closes - hall.opens }, (_, index) => hall.opens + index);
const ZONE = "Europe/Zurich";
const DAY = 86_400_000;
/** How far ahead a server shows what is free. */
export const AHEAD = 60;

/** The days that data/hall.json publishes; a site without a server shows these. */
export function publishedDays(): string[] {
  return daysFrom(hall.days.from, (Date.parse(hall.days.to) - Date.parse(hall.days.from)) / DAY + 1);
}

export function daysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => new Date(Date.parse(first) + index * DAY).toISOString().slice(0, 10));
}

/** A date such as 2026-11-23, and one that there is. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** Monday is 1, as in the data. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

export function bookingsOn(date: string): Booking[] {
  const weekly = hall.weekly.filter((item) => item.day === weekday(date));
  return [...weekly, ...hall.single.filter((item) => item.date === date)];
}

/** What goes on every week, hour by hour, on one weekday. */
export function weeklyOn(day: number): Booking[] {
  return hall.weekly.filter((item) => item.day === day).sort((a, b) => a.from - b.from || a.court.localeCompare(b.court));
}

/** Every hour of every court on one day; with *now*, hours that have begun are over. */
export function dayOf(date: string, courts: string[], now?: Now): Day {
  const bookings = bookingsOn(date);
  const closed = hall.closed.find((item) => item.date === date)?.reason ?? "";
  const rows = courts.map((court) => ({
    court,
    slots: HOURS.map((hour): Slot => {
      const over = now !== undefined && (date < now.date || (date === now.date && hour <= now.hour));
      const taken = bookings.find((item) => item.court === court && item.from <= hour && hour < item.to);
      if (closed || taken) return { hour, state: "taken", who: closed || (taken?.who ?? "") };
      return { hour, state: over ? "over" : "free", who: "" };
    }),
  }));
  return { date, closed, rows };
}

export function freeHours(day: Day): number {
  return day.rows.reduce((sum, { slots }) => sum + slots.filter(({ state }) => state === "free").length, 0);
}

export type Now = { date: string; hour: number; clock: string };

/** The hall's own time, wherever the server stands. */
export function nowAtTheHall(): Now {
  const options = { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const parts = new Intl.DateTimeFormat("en-GB", { ...options, hourCycle: "h23" }).formatToParts(new Date());
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return { date: `${get("year")}-${get("month")}-${get("day")}`, hour: Number(get("hour")), clock: `${get("hour")}:${get("minute")}` };
}

export function clock(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** "Monday 23 November" */
export function dayName(date: string): string {
  const options = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(new Date(`${date}T00:00:00Z`));
}
