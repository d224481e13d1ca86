import * as React from "react"
import { Link } from "gatsby"
import { useSite } from "./site"
import { Slot } from "./slot"

export function Footer() {
  const site = useSite()
  return (
    <footer className="site-footer band">
      <div className="wrap site-footer-in footer-columns">
        <address>
          {site.address.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </address>
        <p className="reach">
          {site.phone && <a href={`tel:${site.phone.replace(/\s/g, "")}`}>{site.phone}</a>}
          {site.email && <a href={`mailto:${site.email}`}>{site.email}</a>}
        </p>
        <ul className="footer-links">
          {site.footer.map((link) => (
            <li key={link.path}>
              <Link to={link.path}>{link.name}</Link>
            </li>
          ))}
        </ul>
        <Slot html={site.slots.footer} />
      </div>
    </footer>
  )
}
