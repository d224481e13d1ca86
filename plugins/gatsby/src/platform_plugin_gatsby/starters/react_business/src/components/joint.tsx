import * as React from "react"
import joints from "./joints.json"

export type JointName = keyof typeof joints

/** A joint in isometry, both pieces a little apart. The colours are tokens of design.toml. */
export function Joint({ name, className = "" }: { name: string | null; className?: string }) {
  const joint = joints[(name ?? "mortise") as JointName] ?? joints.mortise
  return (
    <svg className={`joint ${className}`.trim()} viewBox={`0 0 ${joint.width} ${joint.height}`} width={joint.width} height={joint.height} aria-hidden="true">
      <path className="joint-top" d={joint.z} />
      <path className="joint-side" d={joint.x} />
      <path className="joint-end" d={joint.y} />
      <path className="joint-line" d={joint.lines} />
      <path className="joint-outline" d={joint.outline} />
    </svg>
  )
}

/** Divides two sections: a beam's edge runs to the joint and goes on behind it. */
export function JointDivider({ name, label, says }: { name: JointName; label: string; says: string }) {
  return (
    <div className="divider wrap">
      <Joint name={name} />
      <p>
        <b>{label}.</b> {says}
      </p>
    </div>
  )
}
