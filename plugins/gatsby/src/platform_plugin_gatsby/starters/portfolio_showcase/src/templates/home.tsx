import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { ShopStrip } from "../components/products"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { useSite } from "../components/site"
import { Wall, WorkTile } from "../components/wall"
import type { WorkData } from "../components/wall"

interface Data {
  entry: { title: string; description: string; body: string }
  works: { nodes: WorkData[] }
  exhibitions: { nodes: { url: string; title: string; place: string | null; date: string | null }[] }
}

export default function Home({ data }: PageProps<Data>) {
  const [first, second, third, fourth, ...rest] = data.works.nodes
  const show = data.exhibitions.nodes[0]
  return (
    <>
      <Wall>
        <div className="tile tile-wide tile-text">
          <h1>Tiles for walls that get wet.</h1>
        </div>
        {first && <WorkTile work={first} big eager />}
        <div className="tile tile-text">
          <Prose html={data.entry.body} />
        </div>
        <div className="tile tile-cobalt tile-text">
          <p>A square metre is between 25 and 100 tiles.</p>
          <p>
            <Link to="/contact/">How to order</Link>
          </p>
        </div>
        {second && <WorkTile work={second} />}
        {third && <WorkTile work={third} />}
        {fourth && <WorkTile work={fourth} />}
        {show && (
          <div className="tile tile-manganese tile-text">
            <h2>
              <Link to={show.url}>{show.title}</Link>
            </h2>
            <p>{show.place}</p>
            <p>{show.date}</p>
          </div>
        )}
        {rest.map((work) => (
          <WorkTile key={work.id} work={work} />
        ))}
        <div className="tile tile-text">
          <p>
            <Link to="/works/">All works, by the place where they hang</Link>
          </p>
        </div>
      </Wall>
      <ShopStrip title="Single tiles" />
    </>
  )
}

export function Head({ data: { entry } }: HeadProps<Data>) {
  const { title, siteUrl, email } = useSite()
  return <Seo title={title} description={entry.description} path="/" data={[{ "@type": "Person", name: title.split(",")[0], jobTitle: "Ceramicist", url: `${siteUrl}/`, email }]} />
}

export const query = graphql`
  query Home($id: String!, $locale: String!) {
    entry(id: { eq: $id }) { title description body }
    works: allEntry(filter: { collection: { eq: "works" }, section: { eq: false } }, sort: [{ order: ASC }, { title: ASC }], limit: 7) {
      nodes { ...WorkParts }
    }
    exhibitions: allEntry(filter: { collection: { eq: "exhibitions" }, section: { eq: false } }, sort: { date: DESC }, limit: 1) {
      nodes { url title place date(formatString: "LL", locale: $locale) }
    }
  }
`
