// What search engines and social networks read.
import { existsSync } from "node:fs";

import { platform } from "./platform.js";

const absolute = (path) => new URL(path, `${platform.site.base_url}/`).href;
const isRaster = (path) => /\.(?:png|jpe?g|webp)$/i.test(path) && (/^https?:/.test(path) || existsSync(`static${path}`));

function picture(data) {
  return [data.image, data.site?.image].find((path) => path && isRaster(path)) ?? "";
}

function structured(data, found, above) {
  const publisher = { "@type": data.site?.publisher?.type ?? "Organization", name: platform.site.title, url: absolute("/") };
  if (data.page.url === "/") {
    const more = data.site?.publisher ?? {};
    return [
      { ...more, ...publisher, "@id": absolute("#publisher"), type: undefined },
      { "@type": "WebSite", name: platform.site.title, url: absolute("/"), publisher: { "@id": absolute("#publisher") } },
    ];
  }
  const crumbs = [{ url: "/", title: platform.site.title }, ...above, { url: data.page.url, title: found.heading }];
  const items = [
    {
      "@type": "BreadcrumbList",
      itemListElement: crumbs.map((item, at) => ({
        "@type": "ListItem",
        position: at + 1,
        name: item.title,
        item: absolute(item.url),
      })),
    },
  ];
  const image = found.image || undefined;
  if (data.product) {
    const { name, sku, price, currency, stock } = data.product;
    const availability = stock === null ? undefined : `https://schema.org/${stock > 0 ? "InStock" : "OutOfStock"}`;
    const offers = { "@type": "Offer", price, priceCurrency: currency, availability, url: found.canonical };
    items.push({ "@type": "Product", name, sku, description: found.description, image, offers });
  } else if (found.published) {
    items.push({
      "@type": data.article_type ?? "Article",
      headline: found.heading.slice(0, 110),
      description: found.description,
      datePublished: found.published,
      dateModified: found.modified,
      mainEntityOfPage: found.canonical,
      image,
      author: data.author ? { "@type": "Person", name: data.author } : publisher,
      publisher,
    });
  }
  return items;
}

/** Title, description, addresses and structured data of one page. */
export function meta(data, above) {
  const home = data.page.url === "/";
  const name = platform.site.title;
  const heading = data.title ?? name;
  const image = picture(data);
  const dated = Boolean(data.date) && !data.sku;
  const found = {
    heading,
    title: home ? [name, data.site?.tagline].filter(Boolean).join(": ") : `${heading} · ${name}`,
    description: data.description || data.product?.description || data.site?.description || heading,
    canonical: absolute(data.page.url || "/404.html"),
    image: image && absolute(image),
    published: dated ? data.page.date.toISOString() : "",
    modified: dated ? new Date(data.updated ?? data.page.date).toISOString() : "",
    type: dated ? "article" : "website",
    locale: data.locale ?? platform.site.locale,
  };
  return { ...found, structured: { "@context": "https://schema.org", "@graph": structured(data, found, above) } };
}
