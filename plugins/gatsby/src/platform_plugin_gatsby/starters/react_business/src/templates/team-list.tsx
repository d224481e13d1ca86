import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Mark } from "../components/mark"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Person {
  id: string
  url: string
  title: string
  role: string | null
  since: number | null
  mark: string | null
  phone: string | null
  body: string
}

interface Data {
  entry: { title: string; description: string; body: string } | null
  allEntry: { nodes: Person[] }
}

export default function Team({ data }: PageProps<Data>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data.entry?.title ?? "Team"}</h1>
        <Prose html={data.entry?.body ?? ""} className="lead" />
      </header>
      <ul className="team">
        {data.allEntry.nodes.map((person) => (
          <li key={person.id}>
            <Mark strokes={person.mark ?? "I"} />
            <h2>
              <Link to={person.url}>{person.title}</Link>
            </h2>
            <p className="quiet">{[person.role, person.since ? `since ${person.since}` : null].filter(Boolean).join(", ")}</p>
            <Prose html={person.body} />
            {person.phone && (
              <p>
                <a href={`tel:${person.phone.replace(/\s/g, "")}`}>{person.phone}</a>
              </p>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

export function Head({ data, location }: HeadProps<Data>) {
  return <Seo title={data.entry?.title ?? "Team"} description={data.entry?.description} path={location.pathname} />
}

export const query = graphql`
  query Team($id: String!, $ids: [String!]!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { title: ASC }]) {
      nodes { id url title role since mark phone body }
    }
  }
`
