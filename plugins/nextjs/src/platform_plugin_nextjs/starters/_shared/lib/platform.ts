import settings from "@/.platform/generated/nextjs.json";
import data from "@/.platform/generated/data/platform.json";
import siteData from "@/data/site.json";

/** What the composition says of the site; written before each build. */
export type Platform = {
  site: {
    client: string; domain: string; title: string; locale: string; base_url: string;
    stage: "local" | "aws"; rendering: "static" | "server";
  };
  fragments: Record<"head" | "body-end" | "navigation" | "footer", string>;
  shop: boolean;
  products: Record<string, Product>;
  routes: { path: string; label: string }[];
  translations: Record<string, { hreflang: string; href: string }[]>;
};

export type Product = {
  sku: string; name: string; price: string; currency: string; price_text: string; url: string; description: string;
  image: string; options: Record<string, string[]>; stock: number | null; weight: number | null; buy: string;
};

export type MenuLink = { label: string; path: string };

/** What the site's own data/site.json says. */
export type SiteData = {
  name: string;
  tagline: string;
  description: string;
  navigation: MenuLink[];
  footer: MenuLink[];
  contact: { email: string; phone?: string; address?: string[] };
  publisher?: Record<string, unknown>;
};

export const platform = data as unknown as Platform;
export const about = siteData as SiteData;
export const options = settings as { future: boolean; formEndpoint: string; title: string };
export const site = { ...platform.site, title: options.title || about.name };
export const sells = platform.shop && Object.keys(platform.products).length > 0;

/** The address of a path of this site. */
export function absolute(path: string): string {
  return /^https?:/.test(path) ? path : site.base_url + path;
}
