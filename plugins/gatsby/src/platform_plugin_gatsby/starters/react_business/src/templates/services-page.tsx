import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, trailOf } from "../components/breadcrumbs"
import { Joint } from "../components/joint"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string; joint: string | null; price: string | null; collection: string }
}

export default function Service({ data: { entry } }: PageProps<Data>) {
  return (
    <article className="page service">
      <Breadcrumbs trail={trailOf(entry.collection)} />
      <Joint name={entry.joint} className="joint-large" />
      <div>
        <h1 data-field="title">{entry.title}</h1>
        <p className="lead" data-field="description">{entry.description}</p>
        <Prose html={entry.body} />
        {entry.price && (
          <p className="service-price">
            <b>Price:</b> {entry.price}
          </p>
        )}
        <p className="actions">
          <Link className="button" to="/quote/">
            Request a quote
          </Link>
        </p>
      </div>
    </article>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  const service = { "@type": "Service", name: entry.title, description: entry.description }
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} crumbs={trailOf(entry.collection)} data={[service]} />
}

export const query = graphql`
  query Service($id: String!) {
    entry(id: { eq: $id }) { title description body joint price collection }
  }
`
