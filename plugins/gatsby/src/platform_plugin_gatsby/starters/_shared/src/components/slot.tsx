import * as React from "react"

/** Finished HTML of a plugin, as it is. */
export function Slot({ html }: { html: string }) {
  return html ? <div className="slot" dangerouslySetInnerHTML={{ __html: html }} /> : null
}
