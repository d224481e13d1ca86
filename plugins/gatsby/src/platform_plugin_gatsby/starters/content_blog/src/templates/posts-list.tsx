import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Pager } from "../components/pager"
import type { PageNumbers } from "../components/pager"
import { Seo } from "../components/seo"
import { Shelf } from "../components/shelf"
import type { PostData } from "../components/shelf"

interface Data {
  entry: { title: string; description: string } | null
  allEntry: { nodes: PostData[] }
}

export default function Posts({ data, pageContext }: PageProps<Data, PageNumbers>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data.entry?.title ?? "Articles"}</h1>
      </header>
      <Shelf posts={data.allEntry.nodes} />
      <Pager {...pageContext} />
    </div>
  )
}

export function Head({ data, pageContext, location }: HeadProps<Data, PageNumbers>) {
  const title = data.entry?.title ?? "Articles"
  return <Seo title={pageContext.number > 1 ? `${title}, page ${pageContext.number}` : title} description={data.entry?.description} path={location.pathname} />
}

export const query = graphql`
  query Posts($id: String!, $ids: [String!]!, $locale: String!) {
    entry(id: { eq: $id }) { title description }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
      nodes { ...PostParts }
    }
  }
`
