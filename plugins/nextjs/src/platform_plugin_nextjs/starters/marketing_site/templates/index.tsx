import type { Templates } from "@/components/templates";
import { BoatPage } from "./boat";
import { ContactPage } from "./contact";
import { FaresPage } from "./fares";
import { Home } from "./home";
import { TimetablePage } from "./timetable";

export const templates: Templates = {
  home: Home,
  layouts: { boat: BoatPage, contact: ContactPage, fares: FaresPage, timetable: TimetablePage },
  lists: {},
  pagedLists: {},
  entries: {},
};

/** Addresses of routes that no content file stands for: none here. */
export function morePaths(): string[] {
  return [];
}
