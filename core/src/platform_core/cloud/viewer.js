// The viewer function: names the object of the live release that an address leads to, or
// the release's server, which is asked where the release has no file.
//
// It runs as cloudfront-js-2.0, and unchanged in the local edge and in tests. That runtime
// has ES 5.1 with const, let, async, await, arrow functions and template literals. Keys and
// rules stand in docs/explanation/architecture.md; runtime/routing.py writes them.
//
// It never throws, and never lets an address name an object outside the live release.
import cf from 'cloudfront';
import crypto from 'crypto';

const kvs = cf.kvs();
// Replaced by the site's domain.
const DEFAULT_HOST = '__DEFAULT_HOST__';
// CloudFront fetches this page itself: a distribution's configuration can name no release.
const ERROR_PAGE = '/_errors/404.html';
const MAX_PATH_BYTES = 900;
const WELL_KNOWN = '/.well-known/';
const REASONS = {
    301: 'Moved Permanently', 302: 'Found', 307: 'Temporary Redirect', 308: 'Permanent Redirect',
    400: 'Bad Request', 405: 'Method Not Allowed', 414: 'URI Too Long', 503: 'Service Unavailable'
};

async function handler(event) {
    const request = event.request;
    if (request.uri === ERROR_PAGE) {
        return fetchFile(request, ERROR_PAGE);
    }
    const path = decodedPath(request.uri);
    if (path === '') {
        return refuse(400, 'No address of this site.');
    }
    if (new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
        return refuse(414, 'This address is too long.');
    }
    const live = await livePointer(request.headers.host);
    if (live === null) {
        return refuse(503, 'Nothing is published here yet.', 'retry-after', '5');
    }
    if (live.x) {
        live.server = await read(live.r + '/server');
        if (live.server === null || !live.server.o) {
            return refuse(503, 'Not ready yet.', 'retry-after', '5');
        }
        if (beginsWith(path, live.server.f)) {
            return askServer(event, live);
        }
    }
    const answer = await resolve(live, path);
    if (answer.asked) {
        return askServer(event, live);
    }
    if (answer.status && isRead(request)) {
        return redirect(answer.status, answer.target, query(request));
    }
    return fetchFile(request, '/releases/' + live.r + encodedKey(answer.key || ''));
}

function isRead(request) {
    return request.method === 'GET' || request.method === 'HEAD';
}

// Beside a server CloudFront passes on all that a viewer sends, and S3 would take
// ?response-content-type= or x-amz-* for orders.
function fetchFile(request, uri) {
    if (!isRead(request)) {
        return refuse(405, 'This address answers GET and HEAD.', 'allow', 'GET, HEAD');
    }
    request.uri = uri;
    request.querystring = {};
    request.cookies = {};
    Object.keys(request.headers).forEach((name) => {
        if (name === 'authorization' || name.startsWith('x-')) {
            delete request.headers[name];
        }
    });
    return request;
}

function askServer(event, live) {
    const headers = event.request.headers;
    const server = live.server;
    const valueOf = (name) => headers[name] ? headers[name].value : '';
    // A kept answer is for this release and host alone.
    const kept = JSON.stringify([live.r, valueOf('host'), server.v.map(valueOf)]);
    const key = crypto.createHash('sha256').update(kept).digest('hex');
    headers['x-forwarded-host'] = { value: valueOf('host') };
    headers['x-platform-key'] = { value: key };
    headers['x-platform-token'] = { value: server.k };
    headers['x-platform-viewer'] = { value: event.viewer.ip };
    cf.updateRequestOrigin({
        domainName: server.o,
        customHeaders: {},
        originAccessControlConfig: { enabled: false },
        timeouts: { readTimeout: server.t },
        customOriginConfig: { port: 443, protocol: 'https', sslProtocols: ['TLSv1.2'] }
    });
    return event.request;
}

function beginsWith(path, beginnings) {
    return beginnings.some((beginning) => path.startsWith(beginning));
}

// The path decoded; '' when it is malformed or could climb out.
function decodedPath(uri) {
    try {
        const path = decodeURIComponent(uri);
        encodeURIComponent(path);
        return /^\//.test(path) && !/[\x00-\x1f\x7f]|\/\.{1,2}(\/|$)/.test(path) ? path : '';
    } catch (error) {
        return '';
    }
}

// S3 decodes a key once, and reads a plus sign as a space: encode all that may be encoded.
function encodedKey(path) {
    return encodeURIComponent(path).replace(/%2F/g, '/').replace(/[!'()*]/g, (character) =>
        '%' + character.charCodeAt(0).toString(16).toUpperCase());
}

// The same for people.
function encodedAddress(path) {
    return encodedKey(path).replace(/%(21|24|26|27|28|29|2A|2B|2C|3A|3B|3D|40)/g, (code) => decodeURIComponent(code));
}

async function livePointer(header) {
    const host = header ? header.value.toLowerCase().replace(/:\d+$/, '') : '';
    let live = host ? await read(host) : null;
    if (!isPointer(live)) {
        live = await read(DEFAULT_HOST);
    }
    return isPointer(live) ? live : null;
}

function isPointer(value) {
    return value !== null && typeof value === 'object' && typeof value.r === 'string';
}

async function read(key) {
    try {
        return await kvs.get(key, { format: 'json' });
    } catch (error) {
        return null;
    }
}

// The rule of a path without a trailing slash; '' when the table has none.
async function tableRule(live, path) {
    const bucket = live.n > 0 ? await read(live.r + '/' + (hash(path) % live.n)) : null;
    const name = path.replace(/["%\\]/g, (character) => encodeURIComponent(character));
    return bucket !== null && typeof bucket[name] === 'string' ? bucket[name] : '';
}

// FNV-1a, 32 bits, of the UTF-8 bytes.
function hash(text) {
    const bytes = new TextEncoder().encode(text);
    let value = 0x811c9dc5;
    for (let index = 0; index < bytes.length; index++) {
        value = Math.imul(value ^ bytes[index], 0x01000193);
    }
    return value >>> 0;
}

// '' when the server is asked.
function defaultRule(live, path) {
    if (live.server) {
        return beginsWith(path, live.server.a) ? 'f' : '';
    }
    if (path === '/') {
        return 'd';
    }
    if (path.startsWith(WELL_KNOWN) || path.slice(path.lastIndexOf('/')).indexOf('.') >= 0) {
        return 'f';
    }
    return live.s === '/' ? 'd' : 'p';
}

// What to do: { key } to fetch, { status, target } to redirect to, or { asked }.
async function resolve(live, path) {
    // Not redirected: this is how CloudFront shows us the root.
    if (path === '/index.html') {
        path = '/';
    }
    if (path.indexOf('//') >= 0) {
        return { key: path };
    }
    const slash = path !== '/' && path.endsWith('/');
    const base = slash ? path.slice(0, -1) : path;
    const rule = await tableRule(live, base);
    if (rule === '' && !slash) {
        const page = pageNamedBy(live, base);
        if (page !== null) {
            const pageRule = (await tableRule(live, page.base)) || defaultRule(live, page.base);
            if (pageRule === page.rule) {
                return moved(page.base, page.rule);
            }
            return live.server ? follow(defaultRule(live, base), base, false) : { key: base };
        }
    }
    return follow(rule || defaultRule(live, base), base, slash);
}

// The page whose file, not its address, was asked for; null when it is no page's.
function pageNamedBy(live, path) {
    if (path.startsWith(WELL_KNOWN)) {
        return null;
    }
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === 'index.html' || (name === 'index' && live.s === '')) {
        return { base: path.slice(0, -name.length - 1) || '/', rule: 'd' };
    }
    if (name.endsWith('.html') && name !== '.html' && name !== '404.html') {
        return { base: path.slice(0, -5), rule: 'p' };
    }
    return null;
}

function follow(rule, base, slash) {
    if (rule === 'd') {
        return slash || base === '/' ? { key: (slash ? base : '') + '/index.html' } : moved(base, rule);
    }
    if (rule === 'p') {
        return slash ? moved(base, rule) : { key: base + '.html' };
    }
    if (rule === 'f') {
        return { key: slash ? base + '/' : base };
    }
    if (rule === '') {
        return { asked: true };
    }
    return { status: Number(rule.slice(0, 3)), target: rule.slice(4) };
}

function moved(base, rule) {
    return { status: 301, target: encodedAddress(base) + (rule === 'd' && base !== '/' ? '/' : '') };
}

function query(request) {
    if (typeof request.rawQueryString === 'function') {
        return request.rawQueryString() || '';
    }
    const pairs = [];
    Object.keys(request.querystring || {}).forEach((name) => {
        const field = request.querystring[name];
        (field.multiValue || [field]).forEach((item) => {
            pairs.push(item.value === '' ? name : name + '=' + item.value);
        });
    });
    return pairs.join('&');
}

function redirect(status, target, search) {
    if (search !== '') {
        const parts = target.split('#');
        parts[0] += (parts[0].indexOf('?') < 0 ? '?' : '&') + search;
        target = parts.join('#');
    }
    return {
        statusCode: status,
        statusDescription: REASONS[status],
        headers: {
            location: { value: target },
            // Or a browser keeps it for ever.
            'cache-control': { value: 'max-age=0, must-revalidate' }
        }
    };
}

function refuse(status, text, header, value) {
    const headers = {
        'content-type': { value: 'text/plain; charset=utf-8' },
        'cache-control': { value: 'no-store' },
        'x-content-type-options': { value: 'nosniff' }
    };
    if (header) {
        headers[header] = { value: value };
    }
    return {
        statusCode: status,
        statusDescription: REASONS[status],
        headers: headers,
        body: { encoding: 'text', data: REASONS[status] + '. ' + text + '\n' }
    };
}
