import * as React from "react"

const STROKES: Record<string, string> = {
  I: "M4 0V24",
  V: "M0 0L6 24L12 0",
  X: "M0 0L12 24M12 0L0 24",
  "/": "M0 24L14 0",
  "\\": "M0 0L14 24",
}
const WIDTHS: Record<string, number> = { I: 8, V: 12, X: 12, "/": 14, "\\": 14 }

/** A carpenter's mark, cut stroke by stroke as with an axe. */
export function Mark({ strokes }: { strokes: string }) {
  const known = [...strokes].filter((stroke) => stroke in STROKES)
  const places = known.map((_, at) => known.slice(0, at).reduce((sum, stroke) => sum + WIDTHS[stroke]! + 5, 0))
  const width = known.reduce((sum, stroke) => sum + WIDTHS[stroke]! + 5, 0)
  return (
    <svg className="mark" viewBox={`-3 -3 ${width + 2} 30`} aria-hidden="true">
      {known.map((stroke, at) => (
        <path key={places[at]} d={STROKES[stroke]} transform={`translate(${places[at]} 0)`} />
      ))}
    </svg>
  )
}
