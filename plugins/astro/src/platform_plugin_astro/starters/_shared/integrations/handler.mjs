// The site's function on AWS: Astro's answer, and the site's own page for what is missing.
import { readFileSync } from 'node:fs';
import { handler as ask } from './entry.mjs';

const missing = readFileSync(new URL('404.html', import.meta.url), 'utf-8');

export async function handler(event, context) {
  const answer = await ask(event, context);
  const type = answer.headers?.['content-type'] ?? '';
  if (answer.statusCode !== 404 || type.startsWith('text/html')) return answer;
  return { ...answer, headers: { 'content-type': 'text/html; charset=utf-8' }, body: missing };
}
