import * as React from "react"
import type { GatsbySSR } from "gatsby"
import parse from "html-react-parser"
import { Layout } from "./src/components/layout"
import type { Platform } from "./src/node/platform"

// Set for this bundle by gatsby-node.ts: finished HTML, which scripts of shops need outside of React's tree,
// and by path what leads to a page's translations.
declare const __PLATFORM_HEAD__: string
declare const __PLATFORM_BODY_END__: string
declare const __PLATFORM_TRANSLATIONS__: Platform["translations"]

export const wrapPageElement: GatsbySSR["wrapPageElement"] = ({ element, props }) => (
  <Layout path={props.location.pathname} shown={props.pageContext.shown as string | undefined}>
    {element}
  </Layout>
)

export const onRenderBody: GatsbySSR["onRenderBody"] = ({ pathname, setHeadComponents, setPostBodyComponents }) => {
  const translations = __PLATFORM_TRANSLATIONS__[pathname] ?? []
  setHeadComponents([
    <React.Fragment key="platform-head">{parse(__PLATFORM_HEAD__)}</React.Fragment>,
    ...translations.map(({ hreflang, href }) => <link key={hreflang} rel="alternate" hrefLang={hreflang} href={href} />),
  ])
  if (__PLATFORM_BODY_END__) {
    setPostBodyComponents([<div key="platform-body-end" dangerouslySetInnerHTML={{ __html: __PLATFORM_BODY_END__ }} />])
  }
}

export const onPreRenderHTML: GatsbySSR["onPreRenderHTML"] = (api) => {
  const head = api.getHeadComponents() as React.ReactElement[]
  api.replaceHeadComponents(head.filter((item) => item.props.name !== "generator").map(linked))
  // The address of the page stands in the address bar.
  const last = api.getPostBodyComponents() as React.ReactElement[]
  api.replacePostBodyComponents(last.filter((item) => item.key !== "script-loader"))
}

/** Gatsby writes the style sheet into every page; here pages link to its file. */
function linked(item: React.ReactElement): React.ReactElement {
  if (item.props["data-identity"] !== "gatsby-global-css") return item
  return <link key="site-css" rel="stylesheet" href={item.props["data-href"]} data-identity="gatsby-global-css" />
}
