import * as React from "react"
import { graphql, Link } from "gatsby"
import { Picture } from "./picture"
import type { PictureData } from "./picture"

export interface WorkData {
  id: string
  url: string
  title: string
  year: string | null
  description: string
  imageAlt: string
  picture: PictureData | null
}

export const fragments = graphql`
  fragment WorkParts on Entry {
    id
    url
    title
    year
    description
    imageAlt
    picture(width: 960, aspect: 1) { ...PictureParts }
  }
`

/** The wall: every child is a tile, and what shows between them is grout. */
export function Wall({ children, label }: React.PropsWithChildren<{ label?: string }>) {
  const Element = label ? "section" : "div"
  return (
    <Element className="wall" aria-label={label}>
      {children}
    </Element>
  )
}

/** A work on the wall; the first ones are in sight at once. */
export function WorkTile({ work, big = false, eager = false }: { work: WorkData; big?: boolean; eager?: boolean }) {
  const sizes = big ? "(min-width: 56rem) 50vw, 100vw" : "(min-width: 56rem) 25vw, 50vw"
  return (
    <article className={big ? "tile tile-big tile-work" : "tile tile-work"}>
      <Picture picture={work.picture} alt={work.imageAlt} sizes={sizes} eager={eager} />
      <h2>
        <Link to={work.url}>
          {work.title}
          {work.year && <span> {work.year}</span>}
        </Link>
      </h2>
    </article>
  )
}
