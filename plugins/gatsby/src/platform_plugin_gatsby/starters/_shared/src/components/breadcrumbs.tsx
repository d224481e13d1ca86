import * as React from "react"
import { Link } from "gatsby"

export function Breadcrumbs({ trail }: { trail: [string, string][] }) {
  if (!trail.length) return null
  return (
    <nav className="breadcrumbs" aria-label="Breadcrumbs">
      <ol>
        {trail.map(([name, path]) => (
          <li key={path}>
            <Link to={path}>{name}</Link>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** The way from the home page to an entry of a collection. */
export function trailOf(collection: string): [string, string][] {
  const parts = collection.split("/").filter(Boolean)
  return parts.map((part, at) => [titled(part), `/${parts.slice(0, at + 1).join("/")}/`])
}

export function titled(name: string): string {
  const last = name.split("/").pop() ?? name
  return last.charAt(0).toUpperCase() + last.slice(1).replace(/[-_]/g, " ")
}
