/** What Markdown's HTML still needs: classes for highlighted code, pictures in several sizes, tables that scroll. */
import { picture } from './images';

const TOKENS: Record<string, string> = { 'string-expression': 'string', constant: 'number', parameter: 'variable', link: 'url' };
const SHIKI = /<span style="color:var\(--(?:astro-code|shiki)-(?:token-)?([a-z-]+)\)[^"]*">/g;
const SIZES = '(min-width: 44rem) 40rem, 92vw';

export async function finish(html: string): Promise<string> {
  return replaceImages(
    html
      // The site's policy refuses style attributes; the visual system has colours for these classes.
      .replace(SHIKI, (_, name: string) => `<span class="token ${TOKENS[name] ?? name}">`)
      .replace(/(<pre class="astro-code[^"]*") style="[^"]*"/g, '$1')
      .replace(/<table>/g, '<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table>')
      .replace(/<\/table>/g, '</table></div>'),
  );
}

async function replaceImages(html: string): Promise<string> {
  const tags = [...new Set(html.match(/<img [^>]*src="\/(?:images|media)\/[^>]*>/g) ?? [])];
  const replaced = await Promise.all(tags.map(responsive));
  return tags.reduce((text, tag, at) => text.replaceAll(tag, replaced[at]!), html);
}

async function responsive(tag: string): Promise<string> {
  const { src, srcset, width, height } = await picture(/src="([^"]*)"/.exec(tag)![1]!);
  const size = width && height ? ` width="${width}" height="${height}"` : '';
  const sources = srcset ? ` srcset="${srcset}" sizes="${SIZES}"` : '';
  return tag
    .replace(/\s(?:width|height|loading|decoding)="[^"]*"/g, '')
    .replace(/src="[^"]*"/, `src="${src}"${sources}${size} loading="lazy" decoding="async"`);
}

/** The first words of a text, for pages without a description. */
export function summary(html: string, length = 155): string {
  const text = html
    .replace(/<(style|script|pre|table)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#x?[0-9a-f]+;/gi, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length <= length ? text : `${text.slice(0, length).replace(/\s+\S*$/, '')}…`;
}
