import type { Metadata } from "next";
import { hasFeed } from "@/lib/feed";
import { madeOf } from "@/lib/images";
import { absolute, about, platform, site } from "@/lib/platform";

export type PageFacts = {
  title: string;
  description?: string;
  path: string;
  image?: string;
  locale?: string;
  published?: Date | null;
  updated?: Date | null;
  tags?: string[];
  index?: boolean;
};

const SOCIAL = "/images/social.png";

/** Everything that a page says of itself in its head. */
export function metadataOf(page: PageFacts): Metadata {
  const home = page.path === "/";
  const title = home ? `${site.title}: ${about.tagline}` : `${page.title} · ${site.title}`;
  const description = page.description || `${page.title} at ${site.title}. ${about.description}`;
  const image = socialImage(page.image);
  const article = page.published ? { publishedTime: page.published.toISOString(), modifiedTime: (page.updated ?? page.published).toISOString(), tags: page.tags } : null;
  return {
    metadataBase: new URL(site.base_url),
    title: { absolute: title },
    description,
    alternates: {
      canonical: absolute(page.path),
      languages: Object.fromEntries((platform.translations[page.path] ?? []).map(({ hreflang, href }) => [hreflang, href])),
      types: hasFeed() ? { "application/rss+xml": [{ url: absolute("/feed.xml"), title: site.title }] } : {},
    },
    icons: {
      icon: [
        { url: "/favicon.ico", sizes: "32x32" },
        { url: "/favicon.svg", type: "image/svg+xml" },
      ],
      apple: "/apple-touch-icon.png",
    },
    openGraph: {
      siteName: site.title,
      title: home ? site.title : page.title,
      description,
      url: absolute(page.path),
      locale: (page.locale || site.locale).replace("-", "_"),
      images: image,
      ...(article ? { type: "article", ...article } : { type: "website" }),
    },
    twitter: { card: image.length ? "summary_large_image" : "summary" },
    ...(page.index === false ? { robots: { index: false } } : {}),
  };
}

function socialImage(own = ""): { url: string; width: number; height: number }[] {
  for (const path of [own, SOCIAL]) {
    const made = madeOf(path);
    if (made) return [{ url: absolute(path), width: made.width, height: made.height }];
  }
  return [];
}
