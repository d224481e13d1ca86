import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, trailOf } from "../components/breadcrumbs"
import { Label } from "../components/label"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { Byline, Shelf } from "../components/shelf"
import type { PostData } from "../components/shelf"
import { Tags } from "../components/tags"
import type { Term } from "../components/tags"

interface Data {
  entry: PostData & { body: string; image: string | null; updated: string | null; locale: string; minutes: number; tags: Term[] }
  more: { nodes: PostData[] }
}

export default function Post({ data: { entry, more } }: PageProps<Data>) {
  return (
    <>
      <article className="page post" lang={entry.locale || undefined}>
        <header className="post-head">
          <div>
            <Breadcrumbs trail={[["Articles", "/posts/"]]} />
            <h1 data-field="title">{entry.title}</h1>
            <p className="lead" data-field="description">{entry.description}</p>
            <Byline post={entry} field="date" />
          </div>
          <Label reading={entry} large />
        </header>
        <Prose html={entry.body} />
        <footer className="post-foot">
          <p className="quiet">
            {entry.minutes} min to read{entry.updated && `, corrected ${entry.updated}`}
          </p>
          <Tags terms={entry.tags} />
        </footer>
      </article>
      <section className="tinted section" aria-labelledby="more">
        <div className="wrap">
          <h2 id="more">Next on the shelf</h2>
          <Shelf posts={more.nodes} level="h3" />
        </div>
      </section>
    </>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string; collection: string }>) {
  return (
    <Seo
      title={entry.title}
      description={entry.description}
      path={pageContext.url}
      image={entry.image}
      locale={entry.locale}
      kind="article"
      date={entry.day}
      updated={entry.updated}
      author={entry.writer?.title}
      crumbs={trailOf(pageContext.collection)}
    />
  )
}

export const query = graphql`
  query Post($id: String!, $locale: String!) {
    entry(id: { eq: $id }) {
      ...PostParts
      body
      image
      updated(formatString: "YYYY-MM-DD")
      locale
      minutes
      tags { name slug url }
    }
    more: allEntry(filter: { collection: { eq: "posts" }, section: { eq: false }, id: { ne: $id } }, sort: { date: DESC }, limit: 3) {
      nodes { ...PostParts }
    }
  }
`
