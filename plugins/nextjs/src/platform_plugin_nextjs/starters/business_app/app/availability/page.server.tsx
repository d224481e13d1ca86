import { Days } from "@/components/availability";
import { daysFrom, nowAtTheHall } from "@/lib/hall";
import { metadataOf } from "@/lib/metadata";

export const dynamic = "force-dynamic";
export const metadata = metadataOf({ title: "What is free", description: "Free hours of all courts and rooms, day by day.", path: "/availability/" });

export default function AvailabilityPage() {
  const now = nowAtTheHall();
  return <Days dates={daysFrom(now.date, 14)} now={now} />;
}
