import { EntryDate } from "@/components/list";
import { PageHead } from "@/components/page-head";
import { Pager } from "@/components/pager";
import { SiteLink } from "@/components/site-link";
import { text, type Entry } from "@/lib/content";
import type { Part } from "@/lib/listing";
import { Markdown } from "@/lib/markdown";

/** Versions as slips on a rail, whole texts, the newest on top. */
export function ChangelogList({ entry, part }: { entry?: Entry; part: Part }) {
  return (
    <div className="page">
      <PageHead title={entry?.title ?? "Changelog"} lead={entry?.description}>
        <p className="byline"><a href="/feed.xml">Follow it as a feed</a></p>
      </PageHead>
      <ol className="versions">
        {part.entries.map((item) => (
          <li key={item.url}>
            <div className="version-when">
              <span className="version-number">{text(item, "version")}</span>
              <EntryDate date={item.date} />
            </div>
            <div>
              <h2><SiteLink href={item.url}>{item.title}</SiteLink></h2>
              <div className="prose"><Markdown text={item.body} /></div>
            </div>
          </li>
        ))}
      </ol>
      <Pager part={part} />
    </div>
  );
}
