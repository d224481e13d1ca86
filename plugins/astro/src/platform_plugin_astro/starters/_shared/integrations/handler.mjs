// The site's function on AWS: Astro's answer, one form of each address, and the site's own page for what is missing.
import { readFileSync } from 'node:fs';
import { handler as ask } from './entry.mjs';

const missing = readFileSync(new URL('404.html', import.meta.url), 'utf-8');

export async function handler(event, context) {
  const answer = await ask(event, context);
  if (answer.statusCode !== 404) return answer;
  const target = withSlash(event.rawPath);
  if (target && (await ask(at(event, target), context)).statusCode !== 404) {
    const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
    return { statusCode: 301, headers: { location: `${target}${query}`, 'cache-control': 'public, max-age=0, s-maxage=600' }, body: '' };
  }
  const type = answer.headers?.['content-type'] ?? '';
  return type.startsWith('text/html')
    ? answer
    : { ...answer, headers: { 'content-type': 'text/html; charset=utf-8' }, body: missing };
}

/** Pages end with a slash, as those that are files do. A path that begins with two would name another host. */
const withSlash = (path) => (/^\/(?![/\\]).*[^/]$/.test(path) && !/\.[^/]*$/.test(path) ? `${path}/` : '');

const at = (event, rawPath) => ({
  ...event,
  rawPath,
  body: undefined,
  requestContext: { ...event.requestContext, http: { ...event.requestContext.http, method: 'GET', path: rawPath } },
});
