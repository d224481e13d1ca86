import { SiteLink } from "@/components/site-link";
import { pagePath, type Part } from "@/lib/listing";

/** The pages before and after one of a list; nothing when it is the only one. */
export function Pager({ part: { first, number, pages, dated } }: { part: Part }) {
  if (pages < 2) return null;
  return (
    <nav className="pager" aria-label="Pages">
      {number > 1 ? <SiteLink rel="prev" href={pagePath(first, number - 1)}>{dated ? "Newer" : "Previous"}</SiteLink> : <span />}
      <span>{`Page ${number} of ${pages}`}</span>
      {number < pages ? <SiteLink rel="next" href={pagePath(first, number + 1)}>{dated ? "Older" : "Next"}</SiteLink> : <span />}
    </nav>
  );
}
