import Link from "next/link";
import type { ComponentProps } from "react";
import { platform, site } from "@/lib/platform";

// On a server, prepared pages are plain files, and a shop's script expects that each page loads as a document.
const soft = site.rendering === "static" && !platform.shop;

/** A link; between pages of the site it changes only what differs. */
export function SiteLink({ href, ...rest }: Omit<ComponentProps<"a">, "href" | "ref"> & { href: string }) {
  const page = /^\/(?!\/)/.test(href) && !/\.[^/]*$/.test(href.split(/[?#]/)[0] ?? "");
  return soft && page ? <Link href={href} prefetch={false} {...rest} /> : <a href={href} {...rest} />;
}
