"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

/** The main menu: its links come finished, and the one that leads here is marked. */
export function SiteNav({ items }: { items: { path: string; link: ReactNode; current: ReactNode }[] }) {
  const here = usePathname();
  return (
    <nav className="site-nav" aria-label="Main">
      <ul>
        {items.map(({ path, link, current }) => (
          <li key={path}>{here.startsWith(path) ? current : link}</li>
        ))}
      </ul>
    </nav>
  );
}
