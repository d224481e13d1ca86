import type { Metadata } from "next";
import { OneDay } from "@/components/availability";
import { dayName, publishedDays } from "@/lib/hall";
import { metadataOf } from "@/lib/metadata";

type Props = { params: Promise<{ date: string }> };

// Without a server there is a page for each day that data/hall.json publishes.
export const dynamicParams = false;

export function generateStaticParams() {
  return publishedDays().map((date) => ({ date }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { date } = await params;
  return metadataOf({ title: `Free on ${dayName(date)}`, description: `Free hours of all courts and rooms on ${dayName(date)}.`, path: `/availability/${date}/` });
}

export default async function DayPage({ params }: Props) {
  return <OneDay date={(await params).date} dates={publishedDays()} />;
}
