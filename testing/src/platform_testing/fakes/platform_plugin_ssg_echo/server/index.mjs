// The server of the reference engine: one dynamic page, a form, and a page of its own for what is missing.
import { readFileSync } from 'node:fs';

const { title, entries } = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8'));
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const FORM = '<form method="post"><label>Name <input name="name"></label><button>Send</button></form>';

export async function handler(event) {
    const { method, sourceIp } = event.requestContext.http;
    const path = event.rawPath;
    if (path === '/') return page(200, `<p>Welcome to ${escape(title)}.</p>`);
    if (path === '/form') return form(event, method);
    if (path === '/picture') {
        const body = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]).toString('base64');
        return { statusCode: 200, headers: { 'Content-Type': 'image/png' }, body, isBase64Encoded: true };
    }
    if (path === '/breaks') throw new Error('on purpose');
    if (path === '/kept') return { statusCode: 200, headers: { ...HTML, 'cache-control': 'public, s-maxage=60' }, body: `<p>${escape(title)}` };
    if (!path.startsWith('/echo/') && !path.startsWith('/api/')) return page(404, `<p>${escape(title)} has no page ${escape(path)}.</p>`);
    const facts = {
        title, entries, method, path, ip: sourceIp, query: event.rawQueryString, host: event.headers.host, cookies: event.cookies ?? [],
        header: event.headers['x-test'] ?? '', ours: Object.keys(event.headers).filter((name) => name.startsWith('x-platform-')),
        mode: process.env.ECHO_MODE, body: event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('latin1') : event.body ?? '',
    };
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(facts) };
}

function form(event, method) {
    if (method === 'GET' || method === 'HEAD') return page(200, FORM);
    if (method !== 'POST') return { statusCode: 405, headers: { allow: 'GET, HEAD, POST' }, body: '' };
    const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body;
    const name = new URLSearchParams(text).get('name') ?? '';
    const cookies = [`name=${encodeURIComponent(name)}; Path=/; HttpOnly`, 'sent=1; Path=/'];
    return { statusCode: 303, headers: { location: '/echo/thanks' }, cookies, body: '' };
}

function page(statusCode, main) {
    return { statusCode, headers: HTML, body: `<!doctype html><html lang="en"><title>${escape(title)}</title><main>${main}</main></html>` };
}

function escape(text) {
    return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
