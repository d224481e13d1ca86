import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, trailOf } from "../components/breadcrumbs"
import { Picture } from "../components/picture"
import type { PictureData } from "../components/picture"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { Tags } from "../components/tags"
import type { Term } from "../components/tags"
import { Wall, WorkTile } from "../components/wall"
import type { WorkData } from "../components/wall"

interface Data {
  entry: {
    title: string
    description: string
    collection: string
    image: string | null
    imageAlt: string
    body: string
    year: string | null
    size: string | null
    pieces: string | null
    glaze: string | null
    made_for: string | null
    tags: Term[]
    picture: PictureData | null
    gallery: PictureData[] | null
  }
  others: { nodes: WorkData[] }
}

export default function Work({ data: { entry, others } }: PageProps<Data>) {
  const facts: [string, string, string | null][] = [
    ["made_for", "Made for", entry.made_for],
    ["year", "Year", entry.year],
    ["size", "Tile", entry.size],
    ["pieces", "Pieces", entry.pieces],
    ["glaze", "Glaze", entry.glaze],
  ]
  return (
    <>
      <Wall>
        <div className="tile tile-big">
          <Picture field="image" picture={entry.picture} alt={entry.imageAlt} sizes="(min-width: 56rem) 50vw, 100vw" eager />
        </div>
        <header className="tile tile-wide tile-text">
          <Breadcrumbs trail={trailOf(entry.collection)} />
          <h1 data-field="title">{entry.title}</h1>
          <p data-field="description">{entry.description}</p>
        </header>
        <dl className="tile tile-cobalt tile-text tile-facts">
          {facts
            .filter(([, , value]) => value)
            .map(([field, name, value]) => (
              <div key={field}>
                <dt>{name}</dt>
                <dd data-field={field}>{value}</dd>
              </div>
            ))}
        </dl>
        <div className="tile tile-text tile-free tile-story">
          <Prose html={entry.body} />
          <Tags terms={entry.tags} label="Where it hangs" />
        </div>
        {entry.gallery?.map((picture) => (
          <div key={picture.src} className="tile tile-big">
            <Picture picture={picture} alt={`${entry.title}, another view`} sizes="(min-width: 56rem) 50vw, 100vw" />
          </div>
        ))}
      </Wall>
      <Wall label="Other works">
        {others.nodes.map((work) => (
          <WorkTile key={work.id} work={work} />
        ))}
        <div className="tile tile-manganese tile-text">
          <p>
            <Link to="/works/">All works</Link>
          </p>
        </div>
      </Wall>
    </>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  const work = { "@type": "VisualArtwork", name: entry.title, description: entry.description, dateCreated: entry.year, artMedium: entry.glaze }
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} image={entry.image} crumbs={trailOf(entry.collection)} data={[work]} />
}

export const query = graphql`
  query Work($id: String!) {
    entry(id: { eq: $id }) {
      title
      description
      collection
      image
      imageAlt
      body
      year
      size
      pieces
      glaze
      made_for
      tags { name slug url }
      picture(width: 1280, aspect: 1) { ...PictureParts }
      gallery(width: 1280, aspect: 1) { ...PictureParts }
    }
    others: allEntry(filter: { collection: { eq: "works" }, section: { eq: false }, id: { ne: $id } }, sort: [{ order: ASC }, { title: ASC }], limit: 3) {
      nodes { ...WorkParts }
    }
  }
`
