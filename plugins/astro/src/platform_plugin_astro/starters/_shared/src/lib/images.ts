/** Pictures below static/images and static/media go through Astro's image pipeline; others are used as they are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getImage } from 'astro:assets';
import type { ImageMetadata } from 'astro';

const files = import.meta.glob<{ default: ImageMetadata }>('/static/{images,media}/**/*.{avif,jpeg,jpg,png,webp}');
const WIDTHS = [360, 720, 1080, 1440];

export interface Picture {
  src: string;
  srcset?: string;
  width?: number;
  height?: number;
}

/** Return sources and size of the picture at a path of the site. */
export async function picture(path: string, widths = WIDTHS): Promise<Picture> {
  const load = files[`/static${decodeURI(path)}`];
  if (!load) return { src: path, ...(path.endsWith('.svg') ? sizeOfDrawing(path) : {}) };
  const { default: source } = await load();
  const smaller = widths.filter((width) => width < source.width);
  const width = Math.min(source.width, Math.max(...widths));
  const image = await getImage({ src: source, format: 'webp', width, widths: [...smaller, width] });
  return {
    src: image.src,
    srcset: image.srcSet.attribute,
    width,
    height: Math.round((source.height * width) / source.width),
  };
}

function sizeOfDrawing(path: string): { width?: number; height?: number } {
  try {
    const drawing = readFileSync(join(process.cwd(), 'static', decodeURI(path)), 'utf-8');
    const box = /viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"/.exec(drawing);
    return box ? { width: Math.round(Number(box[1])), height: Math.round(Number(box[2])) } : {};
  } catch {
    return {};
  }
}
