import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Label } from "../components/label"
import { ShopStrip } from "../components/products"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { Byline, Shelf } from "../components/shelf"
import type { PostData } from "../components/shelf"
import { useSite } from "../components/site"
import { Tags } from "../components/tags"
import type { Term } from "../components/tags"

interface Data {
  entry: { title: string; description: string; body: string }
  posts: { nodes: (PostData & { tags: Term[] })[] }
}

export default function Home({ data }: PageProps<Data>) {
  const [first, ...rest] = data.posts.nodes
  const topics = [...new Map(data.posts.nodes.flatMap((post) => post.tags).map((term) => [term.slug, term])).values()]
  return (
    <>
      <section className="wrap opening">
        <h1 className="visually-hidden">{useSite().title}</h1>
        <Prose html={data.entry.body} className="claim" />
      </section>
      {first && (
        <article className="wrap lead-post">
          <Label reading={first} large />
          <div>
            <h2>
              <Link to={first.url}>{first.title}</Link>
            </h2>
            <p className="lead">{first.description}</p>
            <Byline post={first} />
          </div>
        </article>
      )}
      <section className="wrap section" aria-labelledby="shelf">
        <h2 id="shelf" className="visually-hidden">
          Further articles
        </h2>
        <Shelf posts={rest} level="h3" />
        <p className="actions">
          <Link to="/posts/">All articles</Link>
        </p>
      </section>
      <section className="tinted">
        <div className="wrap topics">
          <h2>By topic</h2>
          <Tags terms={topics} />
        </div>
      </section>
      <ShopStrip title="From the shelf" />
    </>
  )
}

export function Head({ data: { entry } }: HeadProps<Data>) {
  const { title } = useSite()
  return <Seo title={title} description={entry.description} path="/" />
}

export const query = graphql`
  query Home($id: String!, $locale: String!) {
    entry(id: { eq: $id }) { title description body }
    posts: allEntry(filter: { collection: { eq: "posts" }, section: { eq: false } }, sort: { date: DESC }, limit: 7) {
      nodes { ...PostParts tags { name slug url } }
    }
  }
`
