// The site's function on AWS: Astro's answer, with the site's own page for what is missing and without inline code.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { handler as ask } from './entry.mjs';

const beside = (name) => readFileSync(new URL(name, import.meta.url), 'utf-8');
const missing = beside('404.html');
const known = new Set(JSON.parse(beside('known.json')));

const address = (code, ending) => {
  const name = `${createHash('sha256').update(code).digest('hex').slice(0, 20)}.${ending}`;
  return known.has(name) ? `/_inline/${name}` : '';
};

const withoutInlineCode = (html) =>
  html
    .replace(/<script>(.*?)<\/script>/gs, (all, code) => {
      const src = address(code, 'js');
      return src ? `<script src="${src}"></script>` : all;
    })
    .replace(/<style>(.*?)<\/style>/gs, (all, code) => {
      const href = address(code, 'css');
      return href ? `<link rel="stylesheet" href="${href}">` : all;
    });

export async function handler(event, context) {
  const answer = await ask(event, context);
  const type = answer.headers?.['content-type'] ?? '';
  if (answer.statusCode === 404 && !type.startsWith('text/html')) {
    return { ...answer, headers: { 'content-type': 'text/html; charset=utf-8' }, body: missing };
  }
  if (type.startsWith('text/html') && !answer.isBase64Encoded) {
    return { ...answer, body: withoutInlineCode(answer.body) };
  }
  return answer;
}
