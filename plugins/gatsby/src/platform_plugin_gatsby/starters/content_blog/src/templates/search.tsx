import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Search } from "../components/search"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string }
}

export default function SearchPage({ data: { entry } }: PageProps<Data>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1 data-field="title">{entry.title}</h1>
      </header>
      <Search />
      <noscript>
        <p className="message">
          The search runs in your browser and needs JavaScript. Without it, <a href="/tags/">topics</a> and <a href="/posts/">all articles</a> lead to
          everything.
        </p>
      </noscript>
      <p className="quiet search-other">
        Or look through <Link to="/tags/">topics</Link> and <Link to="/posts/">all articles</Link>.
      </p>
    </div>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} />
}

export const query = graphql`
  query Search($id: String!) {
    entry(id: { eq: $id }) { title description }
  }
`
