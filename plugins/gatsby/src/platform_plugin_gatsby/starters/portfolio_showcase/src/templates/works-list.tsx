import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Gallery, GalleryHead } from "../components/gallery"
import type { GalleryContext, GalleryData } from "../components/gallery"

export default function Works({ data, pageContext }: PageProps<GalleryData, GalleryContext>) {
  return <Gallery data={data} context={pageContext} />
}

export function Head({ data, pageContext, location }: HeadProps<GalleryData, GalleryContext>) {
  return <GalleryHead data={data} context={pageContext} path={location.pathname} />
}

export const query = graphql`
  query Works($id: String!, $ids: [String!]!) {
    entry(id: { eq: $id }) { title description }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
      nodes { ...WorkParts }
    }
  }
`
