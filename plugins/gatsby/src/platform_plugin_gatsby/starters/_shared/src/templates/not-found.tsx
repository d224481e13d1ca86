import * as React from "react"
import { Link } from "gatsby"
import { Seo } from "../components/seo"
import { useSite } from "../components/site"

export default function NotFound() {
  const { navigation } = useSite()
  return (
    <div className="page">
      <header className="page-head">
        <h1>There is no page here</h1>
        <p className="lead">It may have moved, or the address has a letter too many.</p>
      </header>
      <ul className="terms">
        <li>
          <Link to="/">Home</Link>
        </li>
        {navigation.map((link) => (
          <li key={link.path}>
            <Link to={link.path}>{link.name}</Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function Head() {
  return <Seo title="Not found" path="/404.html" noindex />
}
