import * as React from "react"
import { graphql, Link } from "gatsby"
import { Picture } from "./picture"
import type { PictureData } from "./picture"

export interface ProjectData {
  id: string
  url: string
  title: string
  description: string
  year: string | null
  place: string | null
  joints: number | null
  imageAlt: string
  picture: PictureData | null
}

export const fragments = graphql`
  fragment ProjectParts on Entry {
    id
    url
    title
    description
    year: date(formatString: "YYYY")
    place
    joints
    imageAlt
    picture(width: 1280, aspect: 1.5) { ...PictureParts }
  }
`

/** A project in a list; its heading is one level below the page's. */
export function ProjectCard({ project, wide = false }: { project: ProjectData; wide?: boolean }) {
  return (
    <article className={wide ? "project project-wide" : "project"}>
      <Picture picture={project.picture} alt={project.imageAlt} sizes={wide ? "(min-width: 56rem) 44rem, 92vw" : "(min-width: 56rem) 36rem, 92vw"} />
      <div>
        <h3>
          <Link to={project.url}>{project.title}</Link>
        </h3>
        <p className="quiet">
          {[project.place, project.year, project.joints ? `${project.joints} joints` : null].filter(Boolean).join(", ")}
        </p>
      </div>
    </article>
  )
}
