import { feed } from "@/lib/feed";

export const dynamic = "force-static";

export function GET() {
  return new Response(feed(), { headers: { "content-type": "application/rss+xml; charset=utf-8" } });
}
