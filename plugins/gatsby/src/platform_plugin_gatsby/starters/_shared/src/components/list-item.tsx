import * as React from "react"
import { Link } from "gatsby"
import type { EntryCard } from "./entries"

export function ListItem({ entry }: { entry: EntryCard }) {
  return (
    <li className="list-item">
      {entry.date && <time dateTime={entry.day ?? undefined}>{entry.date}</time>}
      <h2>
        <Link to={entry.url}>{entry.title}</Link>
      </h2>
      <p>{entry.description}</p>
    </li>
  )
}
