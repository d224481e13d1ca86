import * as React from "react"
import { graphql, Link } from "gatsby"

export interface Exhibition {
  id: string
  url: string
  title: string
  description: string
  date: string | null
  day: string | null
  year: string | null
  place: string | null
  kind: string | null
}

export const fragments = graphql`
  fragment ExhibitionParts on Entry {
    id
    url
    title
    description
    date(formatString: "LL", locale: $locale)
    day: date(formatString: "YYYY-MM-DD")
    year: date(formatString: "YYYY")
    place
    kind
  }
`

/** Exhibitions as a CV has them: year, name, place. */
export function Exhibitions({ rows }: { rows: Exhibition[] }) {
  return (
    <ul className="exhibitions">
      {rows.map((row) => (
        <li key={row.id}>
          <time dateTime={row.day ?? undefined}>{row.year}</time>
          <div>
            <Link to={row.url}>{row.title}</Link>
            <p className="quiet">
              {row.place}
              {row.kind && `, ${row.kind} exhibition`}
            </p>
          </div>
        </li>
      ))}
    </ul>
  )
}
