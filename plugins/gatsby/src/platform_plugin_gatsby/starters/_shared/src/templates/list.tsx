import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, titled, trailOf } from "../components/breadcrumbs"
import { EntryList } from "../components/entries"
import type { EntryCard } from "../components/entries"
import { Pager } from "../components/pager"
import type { PageNumbers } from "../components/pager"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string } | null
  allEntry: { nodes: EntryCard[] }
}

/** A collection, or the entries of one term: then the context has its name. */
interface Context extends PageNumbers {
  collection?: string
  taxonomy?: string
  name?: string
}

export default function List({ data, pageContext }: PageProps<Data, Context>) {
  return (
    <div className="page">
      <header className="page-head">
        <Breadcrumbs trail={trail(pageContext)} />
        <h1>{heading(data, pageContext)}</h1>
      </header>
      {pageContext.number === 1 && <Prose html={data.entry?.body ?? ""} />}
      <EntryList entries={data.allEntry.nodes} />
      <Pager {...pageContext} />
    </div>
  )
}

export function Head({ data, pageContext, location }: HeadProps<Data, Context>) {
  const title = heading(data, pageContext)
  return (
    <Seo
      title={pageContext.number > 1 ? `${title}, page ${pageContext.number}` : title}
      description={data.entry?.description || `${title}: ${data.allEntry.nodes.map((entry) => entry.title).join(", ")}`.slice(0, 160)}
      path={location.pathname}
      crumbs={trail(pageContext)}
    />
  )
}

function heading(data: Data, context: Context): string {
  return data.entry?.title ?? context.name ?? titled(context.collection ?? "")
}

function trail({ collection, taxonomy }: Context): [string, string][] {
  return taxonomy ? [[titled(taxonomy), `/${taxonomy}/`]] : trailOf((collection ?? "").split("/").slice(0, -1).join("/"))
}

export const query = graphql`
  query List($id: String!, $ids: [String!]!, $locale: String!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
      nodes { ...EntryParts }
    }
  }
`
