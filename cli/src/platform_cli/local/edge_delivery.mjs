// One request from a viewer to its answer, in the order in which CloudFront works:
// behaviour, viewer function, origin, error page, response headers policy, viewer function
// of the answer, compression.
import http from 'node:http';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { send } from './edge_aws.mjs';
import { behaviourOf } from './edge_distribution.mjs';
import {
    changedAnswer, generatedResponse, responseEvent, resultingCookies, resultingHeaders, resultingQuery, runFunction, viewerEvent,
} from './edge_functions.mjs';

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer',
    'transfer-encoding', 'upgrade'];
const CONDITIONAL = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];
const BODY = ['content-type', 'content-length'];
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[?::1\]?)$/;
// The vendor compresses these, from 1,000 to 10,000,000 bytes.
const COMPRESSIBLE = /^(text\/|font\/(ttf|otf|eot|opentype)|image\/(svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)|application\/(javascript|x-javascript|json|xml|rss\+xml|atom\+xml|xhtml\+xml|manifest\+json|ld\+json|geo\+json|wasm|vnd\.ms-fontobject|x-font-ttf|[\w.+-]+\+(json|xml))(;|$))/;

/** An answer that is not the origin's: CloudFront's own refusals and failures. */
export class Refusal extends Error {
    constructor(status, text) {
        super(text);
        this.status = status;
    }
}

/**
 * Answer one request of a viewer.
 *
 * @param {import('./edge_aws.mjs').Emulator} emulator
 * @param {object} distribution  what Distribution.current() gave
 * @param {{method: string, path: string, search: string|undefined, headers: object, ip: string, body: object|undefined}} viewer
 *        search without its question mark, undefined when there is none
 * @returns {Promise<{status: number, headers: object, body: Buffer|import('node:stream').Readable}>}
 */
export async function deliver(emulator, distribution, viewer) {
    const behaviour = behaviourOf(distribution, viewer.path);
    if (!behaviour.methods.has(viewer.method)) {
        throw new Refusal(403, 'This distribution is not configured to allow the method of this request.');
    }
    const asked = { ...viewer };
    if (viewer.path === '/' && distribution.rootObject) asked.path = `/${distribution.rootObject}`;
    if (behaviour.onRequest) {
        const generated = await runViewerFunction(behaviour.onRequest, distribution, asked);
        if (generated) return forLocalhost(generated);
    }
    const found = await fetchOrigin(emulator, distribution, behaviour, asked);
    let answer = await withErrorPage(emulator, distribution, found, asked);
    applyHeadersPolicy(behaviour.headers, answer.headers, viewer);
    // The vendor runs none for an origin's failures and missing files.
    if (behaviour.onResponse && found.status < 400) answer = await runResponseFunction(behaviour.onResponse, asked, answer);
    return compressed(behaviour.encodings, forLocalhost(answer), viewer);
}

// Returns the function's own response, or changes `asked` and returns null.
async function runViewerFunction(handler, distribution, asked) {
    const event = viewerEvent({
        id: distribution.id, domain: distribution.domain, method: asked.method, uri: asked.path, search: asked.search,
        headers: asked.headers, ip: asked.ip,
    });
    const before = JSON.stringify(event.request.querystring);
    const cookiesBefore = JSON.stringify(event.request.cookies);
    const { cookie } = asked.headers;
    asked.event = event;
    let result;
    try {
        ({ result, origin: asked.origin } = await runFunction(handler, event));
    } catch (error) {
        throw new Refusal(503, `The viewer function failed: ${error.message}`);
    }
    if (typeof result?.statusCode === 'number') return generatedResponse(result);
    if (typeof result?.uri !== 'string' || !result.uri.startsWith('/')) {
        throw new Refusal(503, 'The viewer function returned neither a request nor a response.');
    }
    asked.path = result.uri;
    asked.search = resultingQuery(result, before, asked.search);
    asked.headers = { ...resultingHeaders(result), cookie: resultingCookies(result, cookiesBefore, cookie) };
    return null;
}

async function runResponseFunction(handler, asked, answer) {
    let result;
    try {
        ({ result } = await runFunction(handler, responseEvent(asked.event, answer)));
    } catch (error) {
        throw new Refusal(503, `The viewer function of the answer failed: ${error.message}`);
    }
    if (typeof result?.statusCode !== 'number') throw new Refusal(503, 'The viewer function returned no response.');
    return changedAnswer(result, answer);
}

async function fetchOrigin(emulator, distribution, behaviour, asked) {
    const configured = distribution.origins.get(behaviour.origin);
    if (!configured) throw new Refusal(502, 'The behaviour names an origin that does not exist.');
    const origin = asked.origin ? changedOrigin(configured, asked.origin) : configured;
    const search = forwardedQuery(behaviour.forwards.query, asked.search);
    const request = {
        method: asked.method, timeout: origin.timeout, body: asked.body,
        headers: { ...forwardedHeaders(behaviour.forwards, asked), ...origin.headers },
    };
    try {
        const response = await sendToOrigin(emulator, origin, `${asked.path}${search ? `?${search}` : ''}`, request);
        return { status: response.statusCode, headers: originHeaders(response.headers), body: response };
    } catch (error) {
        if (error instanceof Refusal) throw error;
        const slow = error.code === 'ETIMEDOUT';
        throw new Refusal(slow ? 504 : 502, slow ? 'The origin did not answer in time.' : 'The origin did not answer.');
    }
}

// What a viewer function changed of an origin; what it did not name stays.
function changedOrigin(origin, { domainName, originPath, customHeaders, timeouts, customOriginConfig }) {
    return {
        ...origin,
        ...(domainName ? { domain: domainName } : {}),
        ...(originPath === undefined ? {} : { path: originPath }),
        ...(customHeaders ? { headers: customHeaders } : {}),
        ...(timeouts?.readTimeout ? { timeout: timeouts.readTimeout * 1000 } : {}),
        ...(customOriginConfig?.port ? { port: customOriginConfig.port } : {}),
    };
}

// Where an origin's own name leads on this machine.
async function sendToOrigin(emulator, origin, target, request) {
    const s3 = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/.exec(origin.domain);
    if (s3) {
        // As S3 does: a plus sign in a path is a space there.
        const path = `/${s3[1]}${origin.path}${target}`.replaceAll('+', '%20');
        return await emulator.send({ ...request, path, service: 's3' });
    }
    const api = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/.exec(origin.domain);
    if (api) {
        const stage = origin.path || '/$default';
        return await emulator.send({ ...request, path: `/_aws/execute-api/${api[1]}${stage}${target}` });
    }
    if (/\.(amazonaws\.com|on\.aws)$/.test(origin.domain)) {
        return await emulator.send({ ...request, path: `${origin.path}${target}`, headers: { ...request.headers, host: origin.domain } });
    }
    if (LOOPBACK.test(origin.domain)) {
        const { method, headers, body, timeout } = request;
        return await send(http, { host: origin.domain, port: origin.port, path: `${origin.path}${target}`, method, headers }, body, timeout);
    }
    throw new Refusal(502, `The origin ${origin.domain} is not part of the embedded AWS.`);
}

function forwardedHeaders(forwards, { headers, body, ip }) {
    const kept = {};
    for (const [name, value] of Object.entries(headers)) {
        if (name === 'host' || name === 'cookie' || name === 'expect' || HOP_BY_HOP.includes(name)) continue;
        if (CONDITIONAL.includes(name) || (body && BODY.includes(name)) || forwards.header(name)) kept[name] = value;
    }
    const cookies = (headers.cookie ?? '').split(/;\s*/).filter((pair) => pair && forwards.cookie(pair.split('=')[0]));
    if (cookies.length) kept.cookie = cookies.join('; ');
    // What we compressed has a weak tag, and the origin knows the strong one only.
    if (kept['if-none-match']) kept['if-none-match'] = kept['if-none-match'].replaceAll('W/', '');
    return { 'user-agent': 'Amazon CloudFront', ...kept, 'x-forwarded-for': ip };
}

function forwardedQuery(allows, search) {
    return (search ?? '').split('&').filter((pair) => pair && allows(pair.split('=')[0])).join('&');
}

// The emulator adds these to every answer of every service; the services do not.
const EMULATED_CORS = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE, HEAD, OPTIONS, PATCH',
    'access-control-allow-headers': '*',
    'access-control-expose-headers': '*',
};

function originHeaders(headers) {
    const kept = {};
    for (const [name, value] of Object.entries(headers)) {
        const emulated = EMULATED_CORS[name] === value || /^x-amz(n-requestid|-id-2|-request-id)$/.test(name);
        if (!emulated && !HOP_BY_HOP.includes(name)) kept[name] = value;
    }
    return kept;
}

// CloudFront fetches an error page by its path, through the behaviour of that path, and
// does not run a viewer function for it.
async function withErrorPage(emulator, distribution, found, asked) {
    const page = distribution.errorPages.get(found.status);
    if (!page) return found;
    found.body.resume();
    const request = { method: asked.method === 'HEAD' ? 'HEAD' : 'GET', path: page.path, search: '', headers: {}, ip: asked.ip };
    const fetched = await fetchOrigin(emulator, distribution, behaviourOf(distribution, page.path), request);
    // A page that is missing itself leaves the viewer with the status of the attempt to get it.
    return fetched.status < 400 ? { ...fetched, status: page.status } : fetched;
}

function applyHeadersPolicy(policy, headers, viewer) {
    if (policy.cors) applyCors(policy.cors, headers, viewer);
    for (const [name, value, override] of policy.set) {
        if (override || !(name in headers)) headers[name] = value;
    }
    for (const name of policy.remove) delete headers[name];
}

function applyCors(cors, headers, viewer) {
    const { origin } = viewer.headers;
    const any = cors.origins.includes('*');
    if (!origin || (!any && !cors.origins.includes(origin)) || ('access-control-allow-origin' in headers && !cors.override)) return;
    headers['access-control-allow-origin'] = any && !cors.credentials ? '*' : origin;
    if (!any) headers.vary = headers.vary ? `${headers.vary}, Origin` : 'Origin';
    if (cors.credentials) headers['access-control-allow-credentials'] = 'true';
    if (cors.expose.length) headers['access-control-expose-headers'] = cors.expose.join(', ');
    if (viewer.method !== 'OPTIONS') return;
    headers['access-control-allow-methods'] = cors.methods.join(', ');
    headers['access-control-allow-headers'] = cors.headers.join(', ');
    if (cors.maxAge) headers['access-control-max-age'] = cors.maxAge;
}

// The one place where an answer differs from AWS on purpose. The edge speaks plain HTTP on
// this machine only. HSTS would make a browser refuse every other program that serves on
// localhost, and `upgrade-insecure-requests` would send it to an HTTPS that is not there.
function forLocalhost(answer) {
    delete answer.headers['strict-transport-security'];
    const policy = answer.headers['content-security-policy'];
    if (policy) {
        const kept = policy.split(';').filter((directive) => !/^\s*(upgrade-insecure-requests|block-all-mixed-content)\s*$/i.test(directive));
        answer.headers['content-security-policy'] = kept.join(';');
    }
    return answer;
}

function compressed(encodings, answer, viewer) {
    const { headers, status, body } = answer;
    const size = Number(headers['content-length']);
    const fits = size >= 1_000 && size <= 10_000_000 && COMPRESSIBLE.test(headers['content-type'] ?? '');
    if (!encodings.length || !fits || headers['content-encoding'] || ![200, 403, 404].includes(status)) return answer;
    headers.vary = headers.vary ? `${headers.vary}, Accept-Encoding` : 'Accept-Encoding';
    const encoding = encodings.find((name) => accepts(viewer.headers['accept-encoding'] ?? '', name));
    if (!encoding || viewer.method === 'HEAD') return answer;
    delete headers['content-length'];
    delete headers['accept-ranges'];
    headers['content-encoding'] = encoding;
    if (headers.etag && !headers.etag.startsWith('W/')) headers.etag = `W/${headers.etag}`;
    const encoder = encoding === 'br'
        ? zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: size } })
        : zlib.createGzip();
    // The encoder's reader learns of a failure from the destroyed stream.
    return { status, headers, body: pipeline(body, encoder, () => {}) };
}

function accepts(header, encoding) {
    return header.split(',').some((item) => {
        const [name, quality] = item.trim().split(/\s*;\s*q=/);
        return name.toLowerCase() === encoding && Number(quality ?? 1) > 0;
    });
}
