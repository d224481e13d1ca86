import manifest from "@/.images/manifest.json";

export type Made = { width: number; height: number; files: [number, string][] };

/** The picture at a path of the site, when scripts/images.mjs has made widths of it. */
export function madeOf(src: string): Made | undefined {
  return (manifest as unknown as Record<string, Made>)[src];
}
