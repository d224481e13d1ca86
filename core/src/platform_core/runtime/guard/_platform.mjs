// Stands before the server of a site, inside its Lambda function.
//
// The function's address on the internet is open, because CloudFront can't sign a request
// with a body for Lambda. So each release has a token, which only the key value store of
// the edge holds; the function knows its SHA-256 and refuses every request without it.
//
// The event is put right for the site's code: the viewer's host and address, cookies in
// both of their forms, and none of our headers. Its answer is put right for CloudFront.
// Until the first release nothing is beside this file, and it says so.
import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

const SETTINGS = new URL('./_platform-release.json', import.meta.url);
const ENDINGS = ['.mjs', '.js', '.cjs'];
const ATTRIBUTES = '(?:[^>"\']|"[^"]*"|\'[^\']*\')*';
const ELEMENT = new RegExp(
    `<!--[^]*?-->|<script((?:\\s${ATTRIBUTES})?)>([^]*?)</script\\s*>|<style(?:\\s${ATTRIBUTES})?>([^]*?)</style\\s*>`, 'gi');
const DATA = /\stype\s*=\s*["']?(?!module\b|(?:text|application)\/javascript\b)[^\s"'>]/i;
const READY = '/_platform/ready';

const settings = existsSync(SETTINGS) ? JSON.parse(readFileSync(SETTINGS, 'utf8')) : null;
// A failure is told to whoever asks whether we are ready, and to every other caller as a plain 500.
let site = null;
let failure = null;
if (settings) {
    try {
        site = await load();
    } catch (error) {
        failure = error;
        console.error(error);
    }
}

export async function handler(event, context) {
    if (!settings) return plain(503, 'Nothing is published here yet.', { 'retry-after': '5' });
    const headers = event.headers ?? {};
    if (!isOurs(headers['x-platform-token'])) return plain(403, 'Ask at the address of the site.');
    // CloudFront always sends a key, so this answer is for the publisher alone.
    if (event.rawPath === READY && !headers['x-platform-key']) {
        return failure ? plain(500, String(failure.stack ?? failure)) : plain(200, settings.release);
    }
    if (failure) return plain(500, 'This page can\'t be shown just now.');
    try {
        return answerFor(await site(eventFor(event), context));
    } catch (error) {
        console.error(error);
        return plain(500, 'This page can\'t be shown just now.');
    }
}

async function load() {
    Object.assign(process.env, settings.environment);
    const at = settings.handler.lastIndexOf('.');
    const name = settings.handler.slice(0, at);
    const file = ENDINGS.map((ending) => new URL(`./${name}${ending}`, import.meta.url)).find((url) => existsSync(url));
    if (!file) throw new Error(`there is no ${name}.mjs, .js or .cjs`);
    const module = await import(file);
    const exported = settings.handler.slice(at + 1);
    const found = module[exported] ?? module.default?.[exported];
    if (typeof found !== 'function') throw new Error(`${name} exports no function ${exported}`);
    return found.length < 3 ? found : (event, context) => new Promise((resolve, reject) => {
        const answer = found(event, context, (error, result) => (error ? reject(error) : resolve(result)));
        if (typeof answer?.then === 'function') answer.then(resolve, reject);
    });
}

function isOurs(token) {
    const given = createHash('sha256').update(token ?? '').digest();
    return timingSafeEqual(given, Buffer.from(settings.token, 'hex'));
}

function eventFor(event) {
    const headers = Object.fromEntries(Object.entries(event.headers).filter(([name]) => !name.startsWith('x-platform-')));
    const host = headers['x-forwarded-host'] ?? headers.host ?? '';
    const ip = event.headers['x-platform-viewer'] ?? event.requestContext?.http?.sourceIp ?? '';
    const cookies = event.cookies ?? (headers.cookie ? headers.cookie.split(/;\s*/) : []);
    if (cookies.length) headers.cookie = cookies.join('; ');
    headers.host = host;
    if (ip) headers['x-forwarded-for'] = ip;
    const { requestContext = {} } = event;
    // The distribution's default root object makes this of the root.
    const path = event.rawPath === '/index.html' ? '/' : event.rawPath;
    return {
        ...event,
        rawPath: path,
        headers,
        ...(cookies.length ? { cookies } : {}),
        requestContext: { ...requestContext, domainName: host, http: { ...requestContext.http, path, sourceIp: ip } },
    };
}

function answerFor(result) {
    const answer = typeof result === 'object' && result !== null && 'statusCode' in result
        ? { ...result }
        : { statusCode: 200, headers: { 'content-type': 'application/json' }, body: typeof result === 'string' ? result : JSON.stringify(result ?? null) };
    const headers = {};
    const cookies = [...(answer.cookies ?? [])];
    for (const [name, value] of [...Object.entries(answer.headers ?? {}), ...Object.entries(answer.multiValueHeaders ?? {})]) {
        const lower = name.toLowerCase();
        if (value === undefined || value === null || lower.startsWith('x-platform-')) continue;
        if (lower === 'set-cookie') cookies.push(...[value].flat());
        else headers[lower] = Array.isArray(value) ? value.join(', ') : String(value);
    }
    // What nobody said may be kept is not kept: CloudFront would give one visitor's page to another.
    if (!headers['cache-control'] || cookies.length) headers['cache-control'] = keptBy(headers['cache-control']);
    answer.statusCode = Number(answer.statusCode);
    if (answer.statusCode === 404) {
        // CloudFront would put the page for missing files in its place. A second function at the edge turns it back.
        headers['x-platform-status'] = '404';
        answer.statusCode = 200;
    }
    delete answer.multiValueHeaders;
    const policy = policyFor(answer, headers);
    if (policy) headers['content-security-policy'] = policy;
    return { ...answer, headers, cookies: [...new Set(cookies)] };
}

// The site's policy refuses inline code, and a framework writes some into each page that it renders. Files have
// theirs moved out when they are built; a page that is rendered now has its own allowed by hash, for this answer.
function policyFor(answer, headers) {
    const policy = process.env.PLATFORM_CSP;
    if (!policy || headers['content-security-policy'] || !/^text\/html\b/i.test(headers['content-type'] ?? '')) return '';
    const page = answer.isBase64Encoded ? Buffer.from(answer.body, 'base64').toString('utf8') : answer.body ?? '';
    const directives = new Map(policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]));
    for (const [directive, codes] of Object.entries(inlineCode(page))) {
        const known = directives.get(directive) ?? directives.get('default-src') ?? ["'self'"];
        // Beside a hash, 'unsafe-inline' means nothing.
        if (!codes.length || known.includes("'unsafe-inline'")) continue;
        const hashes = codes.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
        directives.set(directive, [...new Set([...known, ...hashes])]);
    }
    return [...directives].map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
}

function inlineCode(page) {
    const found = { 'script-src': [], 'style-src': [] };
    for (const [, script, code, style] of page.matchAll(ELEMENT)) {
        if (style) found['style-src'].push(style);
        else if (code?.trim() && !/\ssrc\s*=/i.test(script) && !DATA.test(script)) found['script-src'].push(code);
    }
    return found;
}

function keptBy(given) {
    return given && /\b(private|no-store)\b/i.test(given) ? given : 'private, no-store';
}

function plain(statusCode, text, more = {}) {
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...more };
    return { statusCode, headers, body: `${text}\n` };
}
