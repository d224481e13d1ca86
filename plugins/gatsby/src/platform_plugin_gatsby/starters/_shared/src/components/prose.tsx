import * as React from "react"

/** An entry's text, which remark has made into HTML. */
export function Prose({ html, className = "" }: { html: string; className?: string }) {
  return html ? <div className={`prose ${className}`.trim()} data-field="body" dangerouslySetInnerHTML={{ __html: html }} /> : null
}
