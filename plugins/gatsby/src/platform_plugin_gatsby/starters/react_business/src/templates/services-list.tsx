import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Joint } from "../components/joint"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string } | null
  allEntry: { nodes: { id: string; url: string; title: string; description: string; joint: string | null; price: string | null }[] }
}

export default function Services({ data }: PageProps<Data>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data.entry?.title ?? "Services"}</h1>
        <Prose html={data.entry?.body ?? ""} className="lead" />
      </header>
      <ul className="services">
        {data.allEntry.nodes.map((service) => (
          <li key={service.id}>
            <Joint name={service.joint} />
            <div>
              <h2>
                <Link to={service.url}>{service.title}</Link>
              </h2>
              <p>{service.description}</p>
              {service.price && <p className="quiet">{service.price}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function Head({ data, location }: HeadProps<Data>) {
  return <Seo title={data.entry?.title ?? "Services"} description={data.entry?.description} path={location.pathname} />
}

export const query = graphql`
  query Services($id: String!, $ids: [String!]!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { title: ASC }]) {
      nodes { id url title description joint price }
    }
  }
`
