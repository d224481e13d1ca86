import * as React from "react"
import { Link } from "gatsby"

export interface Term {
  name: string
  slug: string
  url: string
}

export function Tags({ terms, label = "Topics" }: { terms: Term[]; label?: string }) {
  if (!terms.length) return null
  return (
    <ul className="tags" aria-label={label}>
      {terms.map((term) => (
        <li key={term.slug}>
          <Link to={term.url}>{term.name}</Link>
        </li>
      ))}
    </ul>
  )
}
