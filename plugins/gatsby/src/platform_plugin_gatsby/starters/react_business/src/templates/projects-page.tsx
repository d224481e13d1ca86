import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, trailOf } from "../components/breadcrumbs"
import { Picture } from "../components/picture"
import type { PictureData } from "../components/picture"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { Tags } from "../components/tags"
import type { Term } from "../components/tags"

interface Data {
  entry: {
    title: string
    description: string
    date: string | null
    day: string | null
    image: string | null
    imageAlt: string
    picture: PictureData | null
    collection: string
    body: string
    place: string | null
    timber: string | null
    volume: string | null
    joints: number | null
    raised: string | null
    tags: Term[]
  }
}

export default function Project({ data: { entry } }: PageProps<Data>) {
  const facts: [string, string, React.ReactNode][] = [
    ["joints", "Joints", entry.joints],
    ["volume", "Timber volume", entry.volume],
    ["raised", "Raised in", entry.raised],
  ]
  return (
    <article className="page">
      <header className="page-head">
        <Breadcrumbs trail={trailOf(entry.collection)} />
        <h1 data-field="title">{entry.title}</h1>
        <p className="lead" data-field="description">{entry.description}</p>
      </header>
      <Picture className="project-picture" field="image" picture={entry.picture} alt={entry.imageAlt} sizes="(min-width: 80rem) 76rem, 92vw" eager />
      <dl className="facts">
        {facts
          .filter(([, , value]) => value)
          .map(([field, name, value]) => (
            <div key={field}>
              <dt>{name}</dt>
              <dd data-field={field}>{value}</dd>
            </div>
          ))}
      </dl>
      <p className="quiet">
        {[entry.place, entry.date, entry.timber].filter(Boolean).join(" · ")}
      </p>
      <Prose html={entry.body} />
      <Tags terms={entry.tags} label="Kinds of work" />
    </article>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  return (
    <Seo title={entry.title} description={entry.description} path={pageContext.url} image={entry.image} kind="article" date={entry.day} crumbs={trailOf(entry.collection)} />
  )
}

export const query = graphql`
  query Project($id: String!, $locale: String!) {
    entry(id: { eq: $id }) {
      ...EntryParts
      image
      picture(width: 1600) { ...PictureParts }
      body
      place
      timber
      volume
      joints
      raised
    }
  }
`
