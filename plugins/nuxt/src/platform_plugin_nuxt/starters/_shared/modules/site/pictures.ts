import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import sharp from 'sharp'
import type { Picture } from '../../shared/types/site'
import { listFiles } from './read'

const WIDTHS = [480, 800, 1200, 1800]
const QUALITY = 78
/** Raise it when the way in which pictures are made changes. */
const VERSION = 1

/**
 * Make the raster images below static/images and static/media in several widths.
 *
 * They are named after their bytes and kept in `cache`, so each is made once; what this build needs is
 * copied to `output`. Other images are shown as they are.
 */
export async function makePictures(root: string, cache: string, output: string): Promise<Map<string, Picture>> {
  const pictures = new Map<string, Picture>()
  mkdirSync(output, { recursive: true })
  mkdirSync(cache, { recursive: true })
  for (const folder of ['images', 'media']) {
    for (const path of listFiles(join(root, 'static', folder))) {
      const address = `/${relative(join(root, 'static'), path).split(sep).join('/')}`
      if (/\.(?:png|jpe?g|webp)$/i.test(path)) pictures.set(address, await resized(path, cache, output))
      else if (/\.svg$/i.test(path)) pictures.set(address, drawn(path, address))
      else if (/\.(?:gif|avif)$/i.test(path)) pictures.set(address, { src: encodeURI(address) })
    }
  }
  return pictures
}

async function resized(path: string, cache: string, output: string): Promise<Picture> {
  const bytes = readFileSync(path)
  const digest = createHash('sha256').update(bytes).update(`${VERSION}:${QUALITY}:${sharp.versions.vips}`).digest('hex').slice(0, 16)
  const name = (path.split(sep).pop() as string).replace(/\.\w+$/, '').replace(/[^\w-]+/g, '-')
  const { width = 0, height = 0 } = await sharp(bytes).metadata()
  const widths = [...WIDTHS.filter(item => item < width * 0.9), Math.min(width, WIDTHS.at(-1) as number)]
  const made: string[] = []
  for (const target of widths) {
    const file = `${name}-${target}.${digest}.webp`
    if (!existsSync(join(cache, file))) {
      const data = await sharp(bytes).rotate().resize({ width: target, withoutEnlargement: true }).webp({ quality: QUALITY }).toBuffer()
      writeFileSync(join(cache, file), data)
    }
    copyFileSync(join(cache, file), join(output, file))
    made.push(`/_pictures/${file}`)
  }
  const last = widths.at(-1) as number
  return {
    src: made[Math.min(1, made.length - 1)] as string,
    srcset: made.map((file, index) => `${file} ${widths[index]}w`).join(', '),
    width: last,
    height: Math.round(height * last / width),
  }
}

function drawn(path: string, address: string): Picture {
  const box = /<svg[^>]*\sviewBox="([^"]+)"/.exec(readFileSync(path, 'utf8'))
  const [, , width, height] = box ? (box[1] as string).trim().split(/[\s,]+/).map(Number) : []
  return width && height ? { src: encodeURI(address), width: Math.round(width), height: Math.round(height) } : { src: encodeURI(address) }
}
