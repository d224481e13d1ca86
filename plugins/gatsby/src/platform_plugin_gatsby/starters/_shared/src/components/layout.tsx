import * as React from "react"
import { Footer } from "./footer"
import { Header } from "./header"

export function Layout({ path, children }: React.PropsWithChildren<{ path: string }>) {
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <Header path={path} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </>
  )
}
