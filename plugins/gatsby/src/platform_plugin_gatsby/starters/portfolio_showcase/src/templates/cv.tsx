import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Exhibitions } from "../components/exhibitions"
import type { Exhibition } from "../components/exhibitions"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string }
  allEntry: { nodes: Exhibition[] }
}

/** What can be written by hand is the page; exhibitions come from their collection. Prints well. */
export default function Cv({ data: { entry, allEntry } }: PageProps<Data>) {
  const of = (kind: string) => allEntry.nodes.filter((row) => row.kind === kind)
  return (
    <div className="page cv">
      <header className="page-head">
        <h1 data-field="title">{entry.title}</h1>
      </header>
      <Prose html={entry.body} />
      <div>
        <section aria-labelledby="solo">
          <h2 id="solo">Solo exhibitions</h2>
          <Exhibitions rows={of("solo")} />
        </section>
        <section aria-labelledby="group">
          <h2 id="group">Group exhibitions</h2>
          <Exhibitions rows={of("group")} />
        </section>
      </div>
    </div>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} />
}

export const query = graphql`
  query Cv($id: String!, $locale: String!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { collection: { eq: "exhibitions" }, section: { eq: false } }, sort: { date: DESC }) {
      nodes { ...ExhibitionParts }
    }
  }
`
