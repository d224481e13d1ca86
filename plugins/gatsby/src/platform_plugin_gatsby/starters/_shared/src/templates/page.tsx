import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs, trailOf } from "../components/breadcrumbs"
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
    updated: string | null
    image: string | null
    locale: string
    collection: string
    body: string
    tags: Term[]
  }
}

export default function Page({ data: { entry } }: PageProps<Data>) {
  return (
    <article className="page" lang={entry.locale || undefined}>
      <header className="page-head">
        <Breadcrumbs trail={trailOf(entry.collection)} />
        <h1 data-field="title">{entry.title}</h1>
        {entry.date && (
          <p className="quiet">
            <time dateTime={entry.day ?? undefined} data-field="date">
              {entry.date}
            </time>
          </p>
        )}
      </header>
      <Prose html={entry.body} />
      <Tags terms={entry.tags} />
    </article>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  return (
    <Seo
      title={entry.title}
      description={entry.description}
      path={pageContext.url}
      image={entry.image}
      locale={entry.locale}
      kind={entry.date ? "article" : "website"}
      date={entry.day}
      updated={entry.updated}
      crumbs={trailOf(entry.collection)}
    />
  )
}

export const query = graphql`
  query Page($id: String!, $locale: String!) {
    entry(id: { eq: $id }) {
      ...EntryParts
      updated(formatString: "YYYY-MM-DD")
      image
      locale
      body
    }
  }
`
