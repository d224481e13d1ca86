import * as React from "react"
import { Link } from "gatsby"
import { useSite } from "./site"
import { Slot } from "./slot"

/** The main navigation: the site's links, the shop when something is sold, and the plugins' slot. */
export function Menu({ path }: { path: string }) {
  const { navigation, sells, slots } = useSite()
  const links = sells ? [...navigation, { name: "Shop", path: "/products/" }] : navigation
  return (
    <nav className="site-nav" aria-label="Main">
      <ul>
        {links.map((link) => (
          <li key={link.path}>
            <Link to={link.path} aria-current={isWithin(path, link.path) ? "page" : undefined}>
              {link.name}
            </Link>
          </li>
        ))}
      </ul>
      <Slot html={slots.navigation} />
    </nav>
  )
}

function isWithin(path: string, link: string): boolean {
  return link === "/" ? path === "/" : path.startsWith(link)
}
