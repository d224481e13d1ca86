import data from "@/data/crossing.json";

export const crossing = data;
export const deepest = Math.max(...crossing.soundings.map(({ depth }) => depth));

export type Scale = { x: (km: number) => number; y: (depth: number) => number };

/** The sea bed as a smooth path through its soundings. */
export function bed({ x, y }: Scale): string {
  const points = crossing.soundings.map(({ km, depth }) => [x(km), y(depth)] as const);
  return points
    .map(([px, py], index) => {
      const before = points[index - 1];
      if (!before) return `M${round(px)} ${round(py)}`;
      const middle = (before[0] + px) / 2;
      return `C${round(middle)} ${round(before[1])} ${round(middle)} ${round(py)} ${round(px)} ${round(py)}`;
    })
    .join("");
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
