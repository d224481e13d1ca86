// The viewer function: names the object of the live release that an address leads to.
//
// It runs on CloudFront at each viewer request of the default behaviour, as
// cloudfront-js-2.0, and unchanged in the local edge and in tests. That runtime has
// ES 5.1 with const, let, async, await, arrow functions and template literals, so
// nothing newer is used. What the keys and rules of the store mean stands in
// docs/explanation/architecture.md ("Releases"); platform_core/runtime/routing.py writes them.
//
// It never throws, and never lets an address name an object outside the live release.
import cf from 'cloudfront';

const kvs = cf.kvs();
// Replaced by the site's domain when the stack is synthesized.
const DEFAULT_HOST = '__DEFAULT_HOST__';
// CloudFront fetches this page itself when an object is missing, by its own key and not
// by a release's: no release can be named in a distribution's configuration.
const ERROR_PAGE = '/_errors/404.html';
const MAX_PATH_BYTES = 900;
const REASONS = {
    301: 'Moved Permanently', 302: 'Found', 307: 'Temporary Redirect', 308: 'Permanent Redirect',
    400: 'Bad Request', 405: 'Method Not Allowed', 414: 'URI Too Long', 503: 'Service Unavailable'
};

async function handler(event) {
    const request = event.request;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
        return refuse(405, 'This address answers GET and HEAD.', 'allow', 'GET, HEAD');
    }
    if (request.uri === ERROR_PAGE) {
        return request;
    }
    const path = decodedPath(request.uri);
    if (path === '') {
        return refuse(400, 'This is not an address of this site.', '', '');
    }
    if (new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
        return refuse(414, 'This address is too long.', '', '');
    }
    const live = await livePointer(request.headers.host);
    if (live === null) {
        return refuse(503, 'Nothing is published here yet.', 'retry-after', '5');
    }
    const answer = await resolve(live, path);
    if (answer.status) {
        return redirect(answer.status, answer.target, query(request));
    }
    request.uri = '/releases/' + live.r + encodedKey(answer.key);
    return request;
}

// The path as its author wrote it, or '' when it is malformed or could climb out.
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

// The same for people: what a path may hold as it is, stays as it is.
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

// The rule that the table has for a path without a trailing slash; '' when it has none.
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

function defaultRule(live, path) {
    if (path === '/') {
        return 'd';
    }
    if (isWellKnown(path) || path.slice(path.lastIndexOf('/')).indexOf('.') >= 0) {
        return 'f';
    }
    return live.s === '/' ? 'd' : 'p';
}

function isWellKnown(path) {
    return path.startsWith('/.well-known/');
}

// What to do with a path: { key } of the release to fetch, or { status, target } to redirect to.
async function resolve(live, path) {
    // Not redirected: where a default root object is set, this is how CloudFront shows us the root.
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
            return pageRule === page.rule ? moved(page.base, page.rule) : { key: base };
        }
    }
    return follow(rule || defaultRule(live, base), base, slash);
}

// The page whose file, rather than its address, was asked for; null when it is no page's file.
function pageNamedBy(live, path) {
    if (isWellKnown(path)) {
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
            // A browser keeps a 301 for ever otherwise, and the next release may turn it round.
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
    if (header !== '') {
        headers[header] = { value: value };
    }
    return {
        statusCode: status,
        statusDescription: REASONS[status],
        headers: headers,
        body: { encoding: 'text', data: REASONS[status] + '. ' + text + '\n' }
    };
}
