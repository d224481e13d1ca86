import { SiteLink } from "@/components/site-link";
import { COURTS, type Court } from "@/lib/courts";

/** The hall from above. Each court is a link to its page; the marked one is where the reader is. */
export function FloorPlan({ here }: { here?: string }) {
  return (
    <svg className="floor-plan" viewBox="0 0 900 540" role="group" aria-label="Plan of the hall">
      <rect className="plan-hall" x="8" y="8" width="884" height="524" />
      <g className="plan-foyer">
        <rect x="640" y="430" width="240" height="90" />
        <text x="760" y="488" textAnchor="middle">Entrance</text>
        <path d="M880 455v40M892 455v40" />
      </g>
      {COURTS.map((court) => <Space key={court.id} court={court} current={court.id === here} />)}
      {/* The lines that all three courts share: the handball field lies across them. */}
      <g className="plan-lines plan-shared">
        <path d="M32 104h576v404H32z" />
        <path d="M32 240a62 66 0 0 1 0 132M608 240a62 66 0 0 0 0 132" />
      </g>
      {COURTS.map((court) => <Label key={court.id} court={court} />)}
    </svg>
  );
}

function Space({ court, current }: { court: Court; current: boolean }) {
  const { x, y, width, height, kind } = court.plan;
  return (
    <SiteLink href={`/courts/${court.id}/`} className={`plan-space plan-${kind}`} aria-label={`${court.name}: ${court.sports}`} aria-current={current ? "true" : undefined}>
      <rect x={x} y={y} width={width} height={height} />
      {kind === "court" ? <CourtLines x={x} y={y} width={width} height={height} /> : null}
      {kind === "wall" ? <Holds x={x} y={y} width={width} /> : null}
    </SiteLink>
  );
}

/** What a space is called; it lies above all lines, and its link has the whole name. */
function Label({ court }: { court: Court }) {
  const { x, y, width, height, kind } = court.plan;
  return (
    <text className={`plan-label plan-label-${kind}`} x={x + width / 2} y={y + height / 2} textAnchor="middle" dominantBaseline="central" aria-hidden="true">
      {court.short}
    </text>
  );
}

/** A basketball field: keys, three-point lines, the circle in the middle. */
function CourtLines({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  const [left, right, top, bottom] = [x + 26, x + width - 26, y + 26, y + height - 26];
  const middle = x + width / 2;
  const centre = y + height / 2;
  return (
    <g className="plan-lines">
      <path d={`M${left} ${top}H${right}V${bottom}H${left}ZM${left} ${centre}H${right}`} />
      <path d={`M${middle - 28} ${top}v72h56v-72M${middle - 28} ${bottom}v-72h56v72`} />
      <path d={`M${left + 10} ${top}v30a64 92 0 0 0 128 0v-30M${left + 10} ${bottom}v-30a64 92 0 0 1 128 0v30`} />
      <circle cx={middle} cy={centre} r="52" />
    </g>
  );
}

function Holds({ x, y, width }: { x: number; y: number; width: number }) {
  const holds = Array.from({ length: 42 }, (_, index) => [x + 12 + ((index * 137) % (width - 24)), y + 10 + ((index * 53) % 40), 3 + (index % 3)]);
  return <g className="plan-holds">{holds.map(([cx, cy, r], index) => <circle key={index} cx={cx} cy={cy} r={r} />)}</g>;
}
