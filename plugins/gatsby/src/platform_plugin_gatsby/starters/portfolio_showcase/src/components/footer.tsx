import * as React from "react"
import { Link } from "gatsby"
import { useSite } from "./site"
import { Slot } from "./slot"
import { Wall } from "./wall"

export function Footer() {
  const site = useSite()
  return (
    <footer className="site-footer wall-band">
      <Wall>
        <address className="tile tile-cobalt tile-low">
          {site.address.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </address>
        <p className="tile tile-low">
          <a href={`mailto:${site.email}`}>{site.email}</a>
          <a href={`tel:${site.phone.replace(/\s/g, "")}`}>{site.phone}</a>
        </p>
        <div className="tile tile-low">
          {site.footer.map((link) => (
            <Link key={link.path} to={link.path}>
              {link.name}
            </Link>
          ))}
          {site.hasFeed && <a href="/feed.xml">Feed of exhibitions</a>}
          <Slot html={site.slots.footer} />
        </div>
        <div className="tile tile-manganese tile-low" aria-hidden="true" />
      </Wall>
    </footer>
  )
}
