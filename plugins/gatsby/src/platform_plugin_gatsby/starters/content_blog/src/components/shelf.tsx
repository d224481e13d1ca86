import * as React from "react"
import { graphql, Link } from "gatsby"
import { Label } from "./label"
import type { Reading } from "./label"

export interface PostData extends Reading {
  id: string
  url: string
  title: string
  date: string | null
  day: string | null
  description: string
  writer: { title: string; url: string } | null
}

export const fragments = graphql`
  fragment PostParts on Entry {
    id
    url
    title
    date(formatString: "LL", locale: $locale)
    day: date(formatString: "YYYY-MM-DD")
    description
    figure
    unit
    kind
    reads
    writer { title url }
  }
`

export function Byline({ post, field }: { post: Pick<PostData, "writer" | "date" | "day">; field?: string }) {
  return (
    <p className="byline">
      {post.writer && <Link to={post.writer.url}>{post.writer.title}</Link>}
      {post.date && (
        <time dateTime={post.day ?? undefined} data-field={field}>
          {post.date}
        </time>
      )}
    </p>
  )
}

/** Articles side by side, as flasks on a shelf: the label is what one sees. */
export function Shelf({ posts, level: Heading = "h2" }: { posts: PostData[]; level?: "h2" | "h3" }) {
  return (
    <ul className="shelf">
      {posts.map((post) => (
        <li key={post.id} className="flask">
          <Label reading={post} />
          <Heading>
            <Link to={post.url}>{post.title}</Link>
          </Heading>
          <p className="byline">
            {post.date && <time dateTime={post.day ?? undefined}>{post.date}</time>}
          </p>
        </li>
      ))}
    </ul>
  )
}
