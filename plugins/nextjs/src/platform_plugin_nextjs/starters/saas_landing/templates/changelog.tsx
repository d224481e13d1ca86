import { EntryDate } from "@/components/list";
import { PageHead } from "@/components/page-head";
import { SiteLink } from "@/components/site-link";
import { inCollection, text, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";

/** Versions as slips on a rail, whole texts, the newest on top. */
export function ChangelogList({ entry }: { entry?: Entry }) {
  return (
    <div className="page">
      <PageHead title={entry?.title ?? "Changelog"} lead={entry?.description}>
        <p className="byline"><a href="/feed.xml">Follow it as a feed</a></p>
      </PageHead>
      <ol className="versions">
        {inCollection("changelog").map((item) => (
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
    </div>
  );
}
