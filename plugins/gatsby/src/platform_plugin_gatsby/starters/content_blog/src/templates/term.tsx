import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, titled } from "../components/breadcrumbs"
import { Pager } from "../components/pager"
import type { PageNumbers } from "../components/pager"
import { Seo } from "../components/seo"
import { Shelf } from "../components/shelf"
import type { PostData } from "../components/shelf"

interface Context extends PageNumbers {
  taxonomy: string
  name: string
}

interface Data {
  allEntry: { nodes: PostData[] }
}

export default function Term({ data, pageContext }: PageProps<Data, Context>) {
  return (
    <div className="page">
      <header className="page-head">
        <Breadcrumbs trail={trail(pageContext)} />
        <h1>{titled(pageContext.name)}</h1>
      </header>
      <Shelf posts={data.allEntry.nodes} />
      <Pager {...pageContext} />
    </div>
  )
}

export function Head({ data, pageContext, location }: HeadProps<Data, Context>) {
  const posts = data.allEntry.nodes.map((post) => post.title).join(". ")
  return <Seo title={titled(pageContext.name)} description={`On ${pageContext.name}: ${posts}`.slice(0, 160)} path={location.pathname} crumbs={trail(pageContext)} />
}

function trail({ taxonomy }: Context): [string, string][] {
  return [[titled(taxonomy), `/${taxonomy}/`]]
}

export const query = graphql`
  query Term($ids: [String!]!, $locale: String!) {
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
      nodes { ...PostParts }
    }
  }
`
