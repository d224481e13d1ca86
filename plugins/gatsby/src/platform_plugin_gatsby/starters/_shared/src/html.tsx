import * as React from "react"

interface Props {
  htmlAttributes: React.HtmlHTMLAttributes<HTMLHtmlElement>
  bodyAttributes: React.HTMLAttributes<HTMLBodyElement>
  headComponents: React.ReactNode[]
  preBodyComponents: React.ReactNode[]
  postBodyComponents: React.ReactNode[]
  body: string
}

export default function Html(props: Props) {
  return (
    <html {...props.htmlAttributes}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="/favicon.ico" sizes="32x32" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        {props.headComponents}
      </head>
      <body {...props.bodyAttributes}>
        {props.preBodyComponents}
        <div key="body" id="___gatsby" dangerouslySetInnerHTML={{ __html: props.body }} />
        {props.postBodyComponents}
      </body>
    </html>
  )
}
