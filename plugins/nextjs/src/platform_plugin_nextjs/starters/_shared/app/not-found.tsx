import type { Metadata } from "next";
import { menuLinks } from "@/components/menu";
import { PageHead } from "@/components/page-head";
import { metadataOf } from "@/lib/metadata";

export const metadata: Metadata = metadataOf({ title: "Page not found", path: "/404.html", index: false });

// Plain links: the page answers for any address.
export default function NotFound() {
  return (
    <div className="page not-found">
      <PageHead title="This page is not here" lead="The address may be old, or was typed with a slip. These pages are there:" />
      <ul className="page-list">
        {[{ label: "Home", path: "/" }, ...menuLinks()].map(({ label, path }) => (
          <li key={path}><a href={path}>{label}</a></li>
        ))}
      </ul>
    </div>
  );
}
