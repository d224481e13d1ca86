import MarkdownIt from 'markdown-it'
import type { Heading, Picture } from '../../shared/types/site'

export interface Rendered {
  html: string
  headings: Heading[]
  text: string
}

/** Return a function that renders Markdown: headings get ids, pictures their widths, tables a frame that scrolls. */
export function makeMarkdown(pictures: Map<string, Picture>): (text: string) => Rendered {
  const markdown = new MarkdownIt({ html: true, linkify: false })
  const rules = markdown.renderer.rules
  rules.table_open = () => '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>\n'
  rules.table_close = () => '</table></div>\n'
  rules.fence = (tokens, index) => {
    const { info, content } = tokens[index]!
    const language = /^[\w+-]+/.exec(info.trim())?.[0]
    const name = language ? ` class="language-${language}"` : ''
    return `<div class="code-block"><pre tabindex="0"><code${name}>${escapeHtml(content)}</code></pre></div>\n`
  }
  rules.image = (tokens, index) => {
    const token = tokens[index]!
    const source = decodeURI(String(token.attrGet('src') ?? ''))
    const title = token.attrGet('title')
    const image = imageTag(pictures.get(source) ?? { src: source }, token.content)
    return title ? `<figure>${image}<figcaption>${escapeHtml(String(title))}</figcaption></figure>` : image
  }
  return (text) => {
    const tokens = markdown.parse(text, {})
    const headings: Heading[] = []
    const seen = new Map<string, number>()
    const words: string[] = []
    tokens.forEach((token, index) => {
      if (token.type === 'heading_open') {
        const title = plain(tokens[index + 1]?.children ?? [])
        const base = slugify(title) || 'part'
        const count = seen.get(base) ?? 0
        seen.set(base, count + 1)
        const id = count ? `${base}-${count}` : base
        token.attrSet('id', id)
        headings.push({ id, text: title, level: Number(token.tag.slice(1)) })
      }
      // A picture with a caption alone in its paragraph: a figure can't stand in a paragraph.
      const only = token.type === 'inline' && token.children?.length === 1 ? token.children[0] : undefined
      if (only?.type === 'image' && only.attrGet('title')) {
        tokens[index - 1]!.hidden = true
        tokens[index + 1]!.hidden = true
      }
      if (token.type === 'inline') words.push(plain(token.children ?? []))
    })
    return { html: markdown.renderer.render(tokens, markdown.options, {}), headings, text: words.join(' ').replace(/\s+/g, ' ').trim() }
  }
}

export function slugify(text: string): string {
  return text.normalize('NFKD').replace(/[\u0300-\u036F]/g, '').replaceAll('ß', 'ss').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function plain(tokens: { type: string, content: string }[]): string {
  return tokens.filter(token => token.type !== 'html_inline').map(token => (token.type.endsWith('break') ? ' ' : token.content)).join('')
}

function imageTag(picture: Picture, alt: string): string {
  const more = picture.srcset ? ` srcset="${picture.srcset}" sizes="(min-width: 44rem) 40rem, 100vw"` : ''
  const size = picture.width ? ` width="${picture.width}" height="${picture.height}"` : ''
  return `<img src="${escapeHtml(picture.src)}"${more}${size} alt="${escapeHtml(alt)}" loading="lazy" decoding="async">`
}
