import "./src/styles/gatsby.css"
import "./src/styles/site.css"
import * as React from "react"
import type { GatsbyBrowser } from "gatsby"
import { Layout } from "./src/components/layout"

export const wrapPageElement: GatsbyBrowser["wrapPageElement"] = ({ element, props }) => (
  <Layout path={props.location.pathname} shown={props.pageContext.shown as string | undefined}>
    {element}
  </Layout>
)
