import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Exhibitions } from "../components/exhibitions"
import type { Exhibition } from "../components/exhibitions"
import { Pager } from "../components/pager"
import type { PageNumbers } from "../components/pager"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string } | null
  allEntry: { nodes: Exhibition[] }
}

export default function ExhibitionList({ data, pageContext }: PageProps<Data, PageNumbers>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data.entry?.title ?? "Exhibitions"}</h1>
        <Prose html={data.entry?.body ?? ""} className="lead" />
      </header>
      <Exhibitions rows={data.allEntry.nodes} />
      <Pager {...pageContext} />
    </div>
  )
}

export function Head({ data, location }: HeadProps<Data>) {
  return <Seo title={data.entry?.title ?? "Exhibitions"} description={data.entry?.description} path={location.pathname} />
}

export const query = graphql`
  query Exhibitions($id: String!, $ids: [String!]!, $locale: String!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
      nodes { ...ExhibitionParts }
    }
  }
`
