// Pictures: files below static/, resized by gatsby-plugin-sharp into the sizes that pages need.

import { generateImageData } from "gatsby-plugin-sharp"

export interface Picture {
  src: string
  srcSet: string | null
  webp: string | null
  width: number | null
  height: number | null
}

export interface Resolving {
  context: any
  reporter: any
  cache: any
}

export interface Wish {
  width: number
  aspect?: number | null
}

const WIDTHS = [360, 540, 720, 960, 1280, 1600, 2000]

/** Return the sizes of the picture at a site-absolute path; one that can't be resized stays as it is. */
export async function makePicture(path: string, wish: Wish, by: Resolving): Promise<Picture> {
  const plain = { src: path, srcSet: null, webp: null, width: null, height: null }
  const file = await findFile(path, by.context)
  if (!file) return plain
  const data = await generateImageData({
    file,
    args: {
      layout: "constrained",
      width: wish.width,
      aspectRatio: wish.aspect || undefined,
      breakpoints: WIDTHS.filter((width) => width < wish.width),
      formats: ["auto", "webp"],
      placeholder: "none",
      transformOptions: { cropFocus: "center" },
    },
    pathPrefix: "",
    reporter: by.reporter,
    cache: by.cache,
  })
  if (!data) return plain
  const webp = data.images.sources.find((source: any) => source.type === "image/webp")
  // A picture is never shown larger than it is.
  const widths = [...(data.images.fallback.srcSet ?? "").matchAll(/ (\d+)w/g)].map((found) => Number(found[1]))
  const width = Math.min(data.width, ...(widths.length ? [Math.max(...widths)] : []))
  return {
    src: data.images.fallback.src,
    srcSet: oneLine(data.images.fallback.srcSet),
    webp: oneLine(webp?.srcSet),
    width: Math.round(width),
    height: Math.round((data.height * width) / data.width),
  }
}

function oneLine(srcSet: string | undefined): string | null {
  return srcSet ? srcSet.replace(/,\s+/g, ", ") : null
}

async function findFile(path: string, context: any): Promise<any> {
  if (!/^\/[^/].*\.(png|jpe?g|webp)$/i.test(path)) return null
  const filter = { sourceInstanceName: { eq: "static" }, relativePath: { eq: decodeURI(path.slice(1)) } }
  return context.nodeModel.findOne({ type: "File", query: { filter } })
}
