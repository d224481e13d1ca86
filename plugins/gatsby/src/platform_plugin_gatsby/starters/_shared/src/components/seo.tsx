import * as React from "react"
import { useSite } from "./site"

interface Props {
  title: string
  description?: string
  path: string
  image?: string | null
  locale?: string
  kind?: "website" | "article"
  date?: string | null
  updated?: string | null
  author?: string | null
  crumbs?: [string, string][]
  data?: Record<string, unknown>[]
  noindex?: boolean
}

const SOCIAL = "/images/social.png"

/** What every page says of itself to search engines and to whoever shares it. Goes into the Head export. */
export function Seo(props: Props) {
  const site = useSite()
  const home = props.path === "/"
  const whole = (address: string) => new URL(address, `${site.siteUrl}/`).href
  const title = home || props.title === site.title ? props.title : `${props.title} - ${site.title}`
  const description = props.description || site.description
  const image = whole(props.image || SOCIAL)
  return (
    <>
      <html lang={props.locale || site.locale} />
      <title>{title}</title>
      <meta name="description" content={description} />
      {props.noindex ? <meta name="robots" content="noindex" /> : <link rel="canonical" href={whole(encodeURI(props.path))} />}
      <meta property="og:title" content={props.title} />
      <meta property="og:description" content={description} />
      <meta property="og:type" content={props.kind ?? "website"} />
      <meta property="og:url" content={whole(encodeURI(props.path))} />
      <meta property="og:site_name" content={site.title} />
      <meta property="og:image" content={image} />
      <meta name="twitter:card" content="summary_large_image" />
      {props.date && <meta property="article:published_time" content={props.date} />}
      {props.updated && <meta property="article:modified_time" content={props.updated} />}
      {site.hasFeed && <link rel="alternate" type="application/rss+xml" title={site.title} href="/feed.xml" />}
      <script type="application/ld+json">{asJson(statements(props, { ...site, description, image, whole }))}</script>
    </>
  )
}

type Said = ReturnType<typeof useSite> & { image: string; whole: (address: string) => string }

function statements(props: Props, site: Said): Record<string, unknown>[] {
  const url = site.whole(encodeURI(props.path))
  const found: Record<string, unknown>[] = [{ "@type": "WebSite", name: site.title, url: site.whole("/") }]
  if (props.kind === "article") {
    found.push({
      "@type": "BlogPosting",
      headline: props.title,
      description: site.description,
      image: site.image,
      url,
      ...(props.date ? { datePublished: props.date, dateModified: props.updated ?? props.date } : {}),
      author: props.author ? { "@type": "Person", name: props.author } : { "@type": "Organization", name: site.title },
    })
  }
  if (props.crumbs?.length) {
    const trail = [...props.crumbs, [props.title, props.path]] as [string, string][]
    found.push({
      "@type": "BreadcrumbList",
      itemListElement: trail.map(([name, path], at) => ({ "@type": "ListItem", position: at + 1, name, item: site.whole(path) })),
    })
  }
  return [...found, ...(props.data ?? [])].map((item) => ({ "@context": "https://schema.org", ...item }))
}

function asJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c")
}
