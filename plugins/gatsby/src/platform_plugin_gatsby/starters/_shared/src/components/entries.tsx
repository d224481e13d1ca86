import * as React from "react"
import { graphql } from "gatsby"
import { ListItem } from "./list-item"
import type { PictureData } from "./picture"
import type { Term } from "./tags"

export interface EntryCard {
  id: string
  url: string
  collection: string
  title: string
  date: string | null
  day: string | null
  description: string
  imageAlt: string
  picture: PictureData | null
  tags: Term[]
}

/** What lists and templates ask for: graphql fragments are known to all queries of the site. */
export const fragments = graphql`
  fragment PictureParts on Picture {
    src
    srcSet
    webp
    width
    height
  }
  fragment EntryParts on Entry {
    id
    url
    collection
    title
    date(formatString: "LL", locale: $locale)
    day: date(formatString: "YYYY-MM-DD")
    description
    imageAlt
    tags { name slug url }
  }
`

export function EntryList({ entries }: { entries: EntryCard[] }) {
  return (
    <ul className="page-list">
      {entries.map((entry) => (
        <ListItem key={entry.id} entry={entry} />
      ))}
    </ul>
  )
}
