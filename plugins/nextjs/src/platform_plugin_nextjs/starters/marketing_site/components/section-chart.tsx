import { bed, crossing, deepest, round, type Scale } from "@/lib/crossing";

const { kilometres, minutes, from, to, soundings, marks } = crossing;
const summary = `The crossing from ${from.name} to ${to.name}: ${kilometres} kilometres, ${minutes} minutes. The fjord falls to ${deepest} metres in the middle.`;

/** The crossing as a section: the boat's line on the water, and what lies below it. */
export function SectionChart() {
  return (
    <figure className="crossing" role="group" aria-label={summary}>
      <Wide />
      <Tall />
    </figure>
  );
}

/** From quay to quay across the page. */
function Wide() {
  const [width, height, top, left, right] = [1440, 460, 96, 60, 1380];
  const scale: Scale = { x: (km) => left + (km / kilometres) * (right - left), y: (depth) => top + (depth / deepest) * (height - top - 62) };
  const line = bed(scale);
  return (
    <svg className="crossing-wide" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path className="water" d={`${line}L${right} ${top}L${left} ${top}Z`} />
      <path className="ground" d={`M0 ${top - 16}L${left} ${top - 10}V${top}${line.replace(/^M/, "L")}V${top - 10}L${width} ${top - 16}V${height}H0Z`} />
      <Levels scale={scale} from={left} to={right} />
      {soundings.filter(({ depth }) => depth > 20).map(({ km, depth }) => (
        <g key={km} className="sounding">
          <path d={`M${round(scale.x(km))} ${top}V${round(scale.y(depth))}`} />
          <text x={round(scale.x(km))} y={round(scale.y(depth)) + 34} textAnchor="middle">{depth}</text>
        </g>
      ))}
      <path className="course" d={`M${left} ${top}H${right}`} />
      <g className="quay">
        <text x={left} y="52">{from.name}</text>
        <text x={right} y="52" textAnchor="end">{to.name}</text>
      </g>
      <Boat x={scale.x(1.75)} y={top} />
      <Buoy x={scale.x(3.3)} y={top} />
      {marks.map(({ km, label }) => <text key={km} className="mark" x={round(scale.x(km)) + 22} y="52" textAnchor="middle">{label}</text>)}
    </svg>
  );
}

/** On a phone the way leads down the screen, and depth to the right. */
function Tall() {
  const [width, height, top, bottom, left] = [390, 620, 44, 576, 70];
  const down = (km: number) => top + (km / kilometres) * (bottom - top);
  const out = (depth: number) => left + (depth / deepest) * (width - left - 62);
  const points = soundings.map(({ km, depth }) => [round(out(depth)), round(down(km))] as const);
  const line = points.map(([x, y], index) => {
    const before = points[index - 1];
    const middle = before ? round((before[1] + y) / 2) : 0;
    return before ? `C${before[0]} ${middle} ${x} ${middle} ${x} ${y}` : `M${x} ${y}`;
  }).join("");
  return (
    <svg className="crossing-tall" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path className="water" d={`${line}L${left} ${top}Z`} />
      <path className="ground" d={`M${width} 0H0V${top}H${left}${line.replace(/^M/, "L")}H0V${height}H${width}Z`} />
      {soundings.filter(({ depth }) => depth > 30).map(({ km, depth }) => (
        <g key={km} className="sounding">
          <path d={`M${left} ${round(down(km))}H${round(out(depth))}`} />
          <text x={round(out(depth)) + 10} y={round(down(km)) + 6}>{depth}</text>
        </g>
      ))}
      <path className="course" d={`M${left} ${top}V${bottom}`} />
      <g className="quay">
        <text x="18" y="30">{from.name}</text>
        <text x="18" y={height - 14}>{to.name}</text>
      </g>
      <circle className="stop" cx={left} cy={round(down(1.75))} r="9" />
      <Buoy x={left} y={down(3.3) + 9} />
    </svg>
  );
}

function Levels({ scale, from: left, to: right }: { scale: Scale; from: number; to: number }) {
  return (
    <g className="levels">
      {[100, 200, 300].map((depth) => (
        <g key={depth}>
          <path d={`M${left} ${round(scale.y(depth))}H${right}`} />
          <text x={left - 12} y={round(scale.y(depth)) + 6} textAnchor="end">{depth} m</text>
        </g>
      ))}
    </g>
  );
}

function Boat({ x, y }: { x: number; y: number }) {
  return (
    <g className="boat" transform={`translate(${round(x)} ${y})`}>
      <path className="hull" d="M-74 -14H74L60 7H-60Z" />
      <path className="house" d="M-50 -14V-32H50V-14ZM-24 -32V-46H24V-32Z" />
      <path className="windows" d="M-42 -24H42M-16 -39H16" />
      <path className="mast" d="M0 -46V-62M-10 -56H10" />
    </g>
  );
}

function Buoy({ x, y }: { x: number; y: number }) {
  return (
    <g className="buoy" transform={`translate(${round(x)} ${round(y)})`}>
      <path d="M-9 0L-5 -26H5L9 0Z" />
      <circle cy="-32" r="6" />
    </g>
  );
}
