import { JsonLd } from "@/components/json-ld";
import { SiteLink } from "@/components/site-link";
import { collections, entryAt } from "@/lib/content";
import { crumbItem, type Crumb } from "@/lib/json-ld";

/** The way to a page: the folders above it that are pages. */
export function crumbsTo(path: string, label: string): Crumb[] {
  const parts = path.split("/").filter(Boolean).slice(0, -1);
  const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  const known = above.flatMap((folder) => {
    const entry = entryAt(`/${folder}/`);
    return entry || collections().includes(folder) ? [{ label: entry?.title ?? titleOf(folder), path: `/${folder}/` }] : [];
  });
  return [{ label: "Home", path: "/" }, ...known, { label, path }];
}

/** A folder without a page of its own is named after itself. */
export function titleOf(folder: string): string {
  const name = (folder.split("/").at(-1) ?? "").replace(/[-_]+/g, " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function Breadcrumbs({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <>
      <nav className="breadcrumbs" aria-label="Breadcrumb">
        <ol>
          {crumbs.map(({ label, path }, index) => (
            <li key={path}>
              {index + 1 < crumbs.length ? <SiteLink href={path}>{label}</SiteLink> : <span aria-current="page">{label}</span>}
            </li>
          ))}
        </ol>
      </nav>
      <JsonLd items={[crumbItem(crumbs)]} />
    </>
  );
}
