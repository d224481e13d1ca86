// The last touches to what remark makes of an entry's text: pictures in sizes, ids, tables that scroll.

import { slugify } from "./entries"
import { makePicture } from "./pictures"
import type { Resolving } from "./pictures"

const WIDTH = 1280
const SIZES = "(min-width: 46rem) 42rem, 92vw"

export async function finishBody(html: string, by: Resolving): Promise<string> {
  const images = [...new Set(html.match(/<img\b[^>]*>/g) ?? [])]
  const made = await Promise.all(images.map((image) => pictureOf(image, by)))
  let finished = html
  images.forEach((image, at) => {
    finished = finished.replaceAll(image, made[at]!)
  })
  return withIds(withFigures(finished))
    .replaceAll("<table>", '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>')
    .replaceAll("</table>", "</table></div>")
}

async function pictureOf(image: string, by: Resolving): Promise<string> {
  const known = Object.fromEntries([...image.matchAll(/([a-z-]+)="([^"]*)"/g)].map((found) => [found[1], found[2]]))
  const picture = await makePicture(known.src ?? "", { width: WIDTH }, by)
  const size = picture.width ? ` width="${picture.width}" height="${picture.height}"` : ""
  const title = known.title ? ` title="${known.title}"` : ""
  const sizes = picture.srcSet ? ` srcset="${picture.srcSet}" sizes="${SIZES}"` : ""
  const tag = `<img src="${picture.src}"${sizes}${size} alt="${known.alt ?? ""}"${title} loading="lazy" decoding="async">`
  if (!picture.webp) return tag
  return `<picture><source type="image/webp" srcset="${picture.webp}" sizes="${SIZES}">${tag}</picture>`
}

/** A picture that stands alone and has a title is a figure; its title is the caption. */
function withFigures(html: string): string {
  return html.replace(/<p>((?:<picture>.*?)?<img\b[^>]*?) title="([^"]*)"([^>]*>(?:<\/picture>)?)<\/p>/g, (...found) => {
    const [, start, title, end] = found
    return `<figure>${start}${end}<figcaption>${title}</figcaption></figure>`
  })
}

/** Give each heading an id that people can link to. */
function withIds(html: string): string {
  const taken = new Map<string, number>()
  return html.replace(/<h([2-4])>(.*?)<\/h\1>/gs, (_, level, inner) => {
    const id = slugify(inner.replace(/<[^>]+>/g, ""))
    const times = (taken.get(id) ?? 0) + 1
    taken.set(id, times)
    return `<h${level} id="${id}${times > 1 ? `-${times}` : ""}">${inner}</h${level}>`
  })
}
