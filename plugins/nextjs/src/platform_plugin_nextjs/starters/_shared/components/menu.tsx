import { SiteLink } from "@/components/site-link";
import { SiteNav } from "@/components/site-nav";
import { about, sells, type MenuLink } from "@/lib/platform";

/** The links of the main menu, and of the shop if there is one. */
export function menuLinks(): MenuLink[] {
  return [...about.navigation, ...(sells ? [{ label: "Shop", path: "/products/" }] : [])];
}

export function Menu() {
  const items = menuLinks().map(({ label, path }) => ({
    path,
    link: <SiteLink href={path}>{label}</SiteLink>,
    current: <SiteLink href={path} aria-current="page">{label}</SiteLink>,
  }));
  return <SiteNav items={items} />;
}
