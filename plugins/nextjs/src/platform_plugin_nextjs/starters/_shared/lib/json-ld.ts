import { productOf, type Entry } from "@/lib/content";
import { about, absolute, site } from "@/lib/platform";

type Item = Record<string, unknown>;
export type Crumb = { label: string; path: string };

const publisherId = () => absolute("/#publisher");

/** Who stands behind the site, and the site itself. */
export function siteItems(): Item[] {
  return [
    { "@type": "Organization", "@id": publisherId(), name: site.title, url: absolute("/"), ...about.publisher },
    {
      "@type": "WebSite", "@id": absolute("/#website"), name: site.title, url: absolute("/"),
      description: about.description, inLanguage: site.locale, publisher: { "@id": publisherId() },
    },
  ];
}

export function crumbItem(crumbs: Crumb[]): Item {
  return {
    "@type": "BreadcrumbList",
    itemListElement: crumbs.map(({ label, path }, index) => ({ "@type": "ListItem", position: index + 1, name: label, item: absolute(path) })),
  };
}

export function articleItem(entry: Entry): Item | null {
  if (!entry.date) return null;
  return {
    "@type": "Article",
    headline: entry.title.slice(0, 110),
    description: entry.description || undefined,
    datePublished: entry.date.toISOString(),
    dateModified: (entry.updated ?? entry.date).toISOString(),
    mainEntityOfPage: absolute(entry.url),
    inLanguage: entry.locale || site.locale,
    image: entry.image ? absolute(entry.image) : undefined,
    publisher: { "@type": "Organization", name: site.title, url: absolute("/"), ...about.publisher },
  };
}

export function productItem(entry: Entry): Item | null {
  const product = productOf(entry);
  if (!product) return null;
  const availability = product.stock === null ? undefined : `https://schema.org/${product.stock > 0 ? "InStock" : "OutOfStock"}`;
  return {
    "@type": "Product", name: product.name, sku: product.sku, description: product.description || entry.title,
    image: product.image ? absolute(product.image) : undefined,
    offers: { "@type": "Offer", price: product.price, priceCurrency: product.currency, url: absolute(entry.url), availability },
  };
}
