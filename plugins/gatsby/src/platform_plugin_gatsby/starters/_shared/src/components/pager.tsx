import * as React from "react"
import { Link } from "gatsby"

export interface PageNumbers {
  url: string
  number: number
  pages: number
}

export function Pager({ url, number, pages }: PageNumbers) {
  if (pages < 2) return null
  const address = (at: number) => (at === 1 ? url : `${url}page/${at}/`)
  return (
    <nav className="pager" aria-label="Pages">
      {number > 1 ? <Link to={address(number - 1)} rel="prev">Newer</Link> : <span />}
      <span>
        Page {number} of {pages}
      </span>
      {number < pages ? <Link to={address(number + 1)} rel="next">Older</Link> : <span />}
    </nav>
  )
}
