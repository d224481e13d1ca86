import { Days } from "@/components/availability";
import { publishedDays } from "@/lib/hall";
import { metadataOf } from "@/lib/metadata";

export const metadata = metadataOf({ title: "What is free", description: "Free hours of all courts and rooms, day by day.", path: "/availability/" });

export default function AvailabilityPage() {
  return <Days dates={publishedDays()} />;
}
