import type { Templates } from "@/components/templates";
import { publishedDays } from "@/lib/hall";
import { site } from "@/lib/platform";
import { BookPage } from "./book";
import { CourtList, CourtPage } from "./court";
import { Home } from "./home";
import { PricesPage } from "./prices";
import { TimetablePage } from "./timetable";

export const templates: Templates = {
  home: Home,
  layouts: { book: BookPage, prices: PricesPage, timetable: TimetablePage },
  lists: { courts: CourtList },
  pagedLists: {},
  entries: { courts: CourtPage },
};

/** Addresses of routes that no content file stands for; on a server, days come and go by themselves. */
export function morePaths(): string[] {
  const days = site.rendering === "server" ? [] : publishedDays();
  return ["/availability/", ...days.map((date) => `/availability/${date}/`)];
}
