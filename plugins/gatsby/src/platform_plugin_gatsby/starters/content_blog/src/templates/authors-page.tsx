import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, trailOf } from "../components/breadcrumbs"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { Shelf } from "../components/shelf"
import type { PostData } from "../components/shelf"

interface Data {
  entry: { title: string; description: string; role: string | null; body: string; collection: string }
  posts: { nodes: PostData[] }
}

export default function Author({ data: { entry, posts } }: PageProps<Data>) {
  return (
    <div className="page">
      <header className="page-head">
        <Breadcrumbs trail={trailOf(entry.collection)} />
        <h1 data-field="title">{entry.title}</h1>
        <Prose html={entry.body} className="lead" />
      </header>
      <Shelf posts={posts.nodes} />
    </div>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  const person = { "@type": "Person", name: entry.title, jobTitle: entry.role }
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} crumbs={trailOf(entry.collection)} data={[person]} />
}

export const query = graphql`
  query Author($id: String!, $url: String!, $locale: String!) {
    entry(id: { eq: $id }) { title description role body collection }
    posts: allEntry(filter: { authorUrl: { eq: $url } }, sort: { date: DESC }) {
      nodes { ...PostParts }
    }
  }
`
