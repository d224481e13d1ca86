import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parse as parseYaml } from 'yaml'

/** A Markdown file with its front matter, before anything is made of it. */
export interface Source {
  file: string
  folder: string
  slug: string
  front: Record<string, any>
  body: string
}

const FRONT = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n?---[ \t]*(?:\r?\n|$)/

export function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  const found = readdirSync(folder, { withFileTypes: true, recursive: true })
  return found.filter(item => item.isFile()).map(item => join(item.parentPath, item.name)).sort()
}

export function readSources(root: string): Source[] {
  const content = join(root, 'content')
  return listFiles(content).filter(path => path.endsWith('.md')).map((path) => {
    const parts = relative(content, path).split(sep)
    const slug = (parts.pop() as string).slice(0, -'.md'.length)
    const text = readFileSync(path, 'utf8')
    const found = FRONT.exec(text)
    return {
      file: relative(root, path),
      folder: parts.join('/'),
      slug,
      front: found ? readYaml(found[1] as string, relative(root, path)) : {},
      body: found ? text.slice(found[0].length) : text,
    }
  })
}

/** Read data/*.yaml: the name of the file is the key. */
export function readData(root: string): Record<string, any> {
  const files = listFiles(join(root, 'data')).filter(path => /\.ya?ml$/.test(path))
  return Object.fromEntries(files.map((path) => {
    const name = relative(join(root, 'data'), path).replace(/\.ya?ml$/, '')
    return [name, readYaml(readFileSync(path, 'utf8'), relative(root, path))]
  }))
}

function readYaml(text: string, where: string): Record<string, any> {
  try {
    // Dates stay text: a front matter's date has no time zone that would be right everywhere.
    const value = parseYaml(text, { schema: 'core' })
    return value && typeof value === 'object' && !Array.isArray(value) ? value : {}
  }
  catch (error) {
    throw new Error(`${where}: the front matter can't be read: ${(error as Error).message}`)
  }
}

export function readJson(path: string): Record<string, any> | null {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}

/** Hash what a build is made from, so that equal sites get equal names and changed ones get others. */
export function hashOf(root: string, names: string[], more: string): string {
  const digest = createHash('sha256').update(more)
  for (const name of names) {
    const path = join(root, name)
    if (!existsSync(path)) continue
    for (const file of statSync(path).isFile() ? [path] : listFiles(path)) {
      digest.update(`${relative(root, file)}\0`).update(readFileSync(file)).update('\0')
    }
  }
  return digest.digest('hex').slice(0, 16)
}
