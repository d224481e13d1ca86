import * as React from "react"

export interface Reading {
  figure: string | null
  unit: string | null
  kind: string | null
  reads: string | null
}

/** The label on the flask: what is measured, the figure, and what it says. */
export function Label({ reading, large = false }: { reading: Reading; large?: boolean }) {
  if (!reading.figure) return null
  const kind = reading.kind ?? "ratio"
  return (
    <div className={large ? "label label-large" : "label"} data-kind={kind}>
      <p className="label-kind">{kind}</p>
      <p className="label-figure" data-long={reading.figure.length > 3 ? "" : undefined}>
        {reading.figure}
        {reading.unit && <span className="label-unit"> {reading.unit}</span>}
      </p>
      <p className="label-reads">{reading.reads}</p>
    </div>
  )
}
