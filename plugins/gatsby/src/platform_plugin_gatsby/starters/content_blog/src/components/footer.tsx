import * as React from "react"
import { Link } from "gatsby"
import { useSite } from "./site"
import { Slot } from "./slot"

export function Footer() {
  const site = useSite()
  return (
    <footer className="site-footer band">
      <div className="wrap site-footer-in">
        <p className="footer-name">{site.title}</p>
        <ul className="footer-links">
          {site.footer.map((link) => (
            <li key={link.path}>
              <Link to={link.path}>{link.name}</Link>
            </li>
          ))}
          {site.hasFeed && (
            <li>
              <a href="/feed.xml">Feed</a>
            </li>
          )}
          {site.email && (
            <li>
              <a href={`mailto:${site.email}`}>{site.email}</a>
            </li>
          )}
        </ul>
        <Slot html={site.slots.footer} />
      </div>
    </footer>
  )
}
