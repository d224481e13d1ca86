import type { Templates } from "@/components/templates";
import { ChangelogList } from "./changelog";
import { DocsList, DocsPage } from "./docs";
import { Home } from "./home";
import { PricingPage } from "./pricing";
import { QuestionsPage } from "./questions";
import { TryPage } from "./try";

export const templates: Templates = {
  home: Home,
  layouts: { pricing: PricingPage, questions: QuestionsPage, try: TryPage },
  lists: { docs: DocsList },
  pagedLists: { changelog: ChangelogList },
  entries: { docs: DocsPage },
};

/** Addresses of routes that no content file stands for: none here. */
export function morePaths(): string[] {
  return [];
}
