import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { OneDay } from "@/components/availability";
import { AHEAD, dayName, daysFrom, isDay, nowAtTheHall } from "@/lib/hall";
import { metadataOf } from "@/lib/metadata";

type Props = { params: Promise<{ date: string }> };

// With a server every day that can still be booked is computed when somebody asks.
export const dynamic = "force-dynamic";

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { date } = await params;
  if (!isDay(date)) return metadataOf({ title: "Page not found", path: "/availability/", index: false });
  return metadataOf({ title: `Free on ${dayName(date)}`, description: `Free hours of all courts and rooms on ${dayName(date)}.`, path: `/availability/${date}/` });
}

export default async function DayPage({ params }: Props) {
  const { date } = await params;
  const now = nowAtTheHall();
  const dates = daysFrom(now.date, AHEAD);
  if (!isDay(date) || !dates.includes(date)) notFound();
  return <OneDay date={date} dates={dates} now={now} />;
}
