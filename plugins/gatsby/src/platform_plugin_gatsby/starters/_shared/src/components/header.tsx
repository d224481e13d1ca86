import * as React from "react"
import { Link } from "gatsby"
import { Menu } from "./menu"
import { useSite } from "./site"

export function Header({ path }: { path: string }) {
  const { title } = useSite()
  return (
    <header className="site-header">
      <div className="wrap site-header-in">
        <Link className="wordmark" to="/">
          {title}
        </Link>
        <Menu path={path} />
      </div>
    </header>
  )
}
