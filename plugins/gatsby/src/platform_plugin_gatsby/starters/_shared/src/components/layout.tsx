import * as React from "react"
import { Footer } from "./footer"
import { Header } from "./header"

/** `shown` names the entry of the page; an editor of the site finds it, and what data-field names inside. */
export function Layout({ path, shown, children }: React.PropsWithChildren<{ path: string; shown?: string }>) {
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <Header path={path} />
      <main id="main" tabIndex={-1} data-entry={shown}>
        {children}
      </main>
      <Footer />
    </>
  )
}
