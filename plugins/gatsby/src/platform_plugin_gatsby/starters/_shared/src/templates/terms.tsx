import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { titled } from "../components/breadcrumbs"
import { Seo } from "../components/seo"
import type { Term } from "../components/tags"

type Taxonomy = "tags" | "categories"

interface Data {
  allEntry: { nodes: Record<Taxonomy, Term[]>[] }
}

export default function Terms({ data, pageContext }: PageProps<Data, { taxonomy: Taxonomy }>) {
  const found = new Map<string, Term & { count: number }>()
  for (const term of data.allEntry.nodes.flatMap((entry) => entry[pageContext.taxonomy])) {
    found.set(term.slug, { ...term, count: (found.get(term.slug)?.count ?? 0) + 1 })
  }
  const terms = [...found.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1))
  return (
    <div className="page">
      <header className="page-head">
        <h1>{titled(pageContext.taxonomy)}</h1>
      </header>
      <ul className="terms">
        {terms.map((term) => (
          <li key={term.slug}>
            <Link to={term.url}>{term.name}</Link> <span className="count">{term.count}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function Head({ pageContext, location }: HeadProps<Data, { taxonomy: Taxonomy }>) {
  const title = titled(pageContext.taxonomy)
  return <Seo title={title} description={`All ${pageContext.taxonomy}, each with what is filed under it.`} path={location.pathname} />
}

export const query = graphql`
  query Terms {
    allEntry { nodes { tags { name slug url } categories { name slug url } } }
  }
`
