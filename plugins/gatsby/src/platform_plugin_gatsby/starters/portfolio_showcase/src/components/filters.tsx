import * as React from "react"
import { graphql, Link, useStaticQuery } from "gatsby"

interface Data {
  allEntry: { nodes: { tags: { name: string; slug: string; url: string }[] }[] }
}

/** The filters are pages: they work without JavaScript, have addresses, and Gatsby fetches them ahead. */
export function Filters({ current }: { current: string }) {
  const { allEntry }: Data = useStaticQuery(graphql`
    query Filters {
      allEntry(filter: { collection: { eq: "works" } }) { nodes { tags { name slug url } } }
    }
  `)
  const terms = allEntry.nodes.flatMap((entry) => entry.tags)
  const known = [...new Map(terms.map((term) => [term.slug, term])).values()].sort((a, b) => (a.slug < b.slug ? -1 : 1))
  const count = (slug: string) => terms.filter((term) => term.slug === slug).length
  return (
    <nav className="filters" aria-label="Filter works">
      <ul>
        <li>
          <Link to="/works/" aria-current={current === "/works/" ? "page" : undefined}>
            All <span>{allEntry.nodes.filter((entry) => entry.tags.length).length}</span>
          </Link>
        </li>
        {known.map((term) => (
          <li key={term.slug}>
            <Link to={term.url} aria-current={current === term.url ? "page" : undefined}>
              {term.name} <span>{count(term.slug)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
