// Runs CloudFront Functions: the published source, unchanged, with a `cloudfront` module
// whose key value store is the one of the embedded AWS.
import { AsyncLocalStorage } from 'node:async_hooks';
import { registerHooks } from 'node:module';

// A page asks for a dozen files at once; this spares the store the same question
// again, and is over before a person notices.
const CACHE_MS = 50;
const CACHE_KEYS = 2_000;
const modules = new Map();
// Which request a function is running for, when it asks for another origin.
const running = new AsyncLocalStorage();
let loaded = 0;

registerHooks({
    resolve(specifier, context, next) {
        if (specifier.startsWith('edge-function:')) return { url: specifier, format: 'module', shortCircuit: true };
        if (!context.parentURL?.startsWith('edge-function:')) return next(specifier, context);
        if (specifier === 'crypto') return next('node:crypto', context);
        if (specifier !== 'cloudfront') throw new Error(`CloudFront Functions have no module '${specifier}'`);
        return { url: `${context.parentURL}/cloudfront`, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
        return modules.has(url) ? { format: 'module', source: modules.get(url), shortCircuit: true } : next(url, context);
    },
});

/** The stores of the embedded AWS, as functions see them. */
export class Stores {
    #cache = new Map();

    constructor(emulator) {
        this.emulator = emulator;
    }

    /** A key's value, or null; a failed look-up is not kept. */
    async value(store, key) {
        const id = `${store}\n${key}`;
        const kept = this.#cache.get(id);
        if (kept && performance.now() - kept.at < CACHE_MS) return await kept.answer;
        if (this.#cache.size >= CACHE_KEYS) this.#cache.clear();
        const answer = this.emulator.storedValue(store, key);
        this.#cache.set(id, { at: performance.now(), answer });
        answer.catch(() => this.#cache.delete(id));
        return await answer;
    }

    /** What `import cf from 'cloudfront'` gives to a function with this store. */
    module(store) {
        const value = async (key) => (store ? await this.value(store, String(key)) : null);
        const handle = {
            get: async (key, options = {}) => {
                const text = await value(key);
                if (text === null) throw new Error('KeyNotFound');
                if (options.format === 'json') return JSON.parse(text);
                return options.format === 'bytes' ? Buffer.from(text) : text;
            },
            exists: async (key) => (await value(key)) !== null,
            count: async () => (await this.emulator.storeDetails(store)).ItemCount,
            meta: async () => {
                const { Created, LastModified, ItemCount } = await this.emulator.storeDetails(store);
                const iso = (seconds) => new Date(seconds * 1000).toISOString();
                return { creationDateTime: iso(Created), lastUpdatedDateTime: iso(LastModified), keyCount: ItemCount };
            },
        };
        return {
            kvs: () => handle,
            updateRequestOrigin: (changes) => { running.getStore().origin = { ...changes }; },
        };
    }
}

/** Load a function's source and return its handler. */
export async function loadFunction(source, cloudfront) {
    const url = `edge-function:${loaded += 1}`;
    const shared = Symbol.for(url);
    globalThis[shared] = cloudfront;
    modules.set(url, `${source}\nexport { handler as default };`);
    modules.set(`${url}/cloudfront`, `export default globalThis[Symbol.for(${JSON.stringify(url)})];`);
    try {
        return (await import(url)).default;
    } finally {
        modules.delete(url);
        modules.delete(`${url}/cloudfront`);
        delete globalThis[shared];
    }
}

/** Run a handler; gives what it returned, and the origin that it asked for instead, or null. */
export async function runFunction(handler, event) {
    const state = { origin: null };
    const result = await running.run(state, () => handler(event));
    return { result, origin: state.origin };
}

/** The event of a viewer response: that of the request, which has got an answer. */
export function responseEvent(event, { status, headers }) {
    const { 'set-cookie': _, ...others } = headers;
    return {
        ...event,
        context: { ...event.context, eventType: 'viewer-response' },
        response: { statusCode: status, headers: fields(Object.entries(others).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))), cookies: {} },
    };
}

/** Put status and headers that a viewer response function returned into an answer. Cookies stay as they were. */
export function changedAnswer(result, answer) {
    const { headers } = generatedResponse(result);
    const cookies = answer.headers['set-cookie'];
    return { ...answer, status: result.statusCode, headers: { ...headers, ...(cookies ? { 'set-cookie': cookies } : {}) } };
}

/** The cookies that a function left, as one header; as the viewer sent them, when they were not touched. */
export function resultingCookies({ cookies = {} }, before, header) {
    if (JSON.stringify(cookies) === before) return header;
    const left = Object.entries(cookies).flatMap(([name, field]) => (field.multiValue ?? [field]).map(({ value }) => `${name}=${value}`));
    return left.length ? left.join('; ') : undefined;
}

/** The headers that a function left. */
export function resultingHeaders({ headers = {} }) {
    return Object.fromEntries(Object.entries(headers).map(([name, field]) => (
        [name.toLowerCase(), field.multiValue ? field.multiValue.map((one) => one.value) : field.value])));
}

/** The event of a viewer request, in the shape that the vendor documents. */
export function viewerEvent({ id, domain, method, uri, search, headers, ip }) {
    const { cookie, ...others } = headers;
    const request = {
        method, uri,
        querystring: fields(pairs(search ?? '', '&')),
        headers: fields(Object.entries(others).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))),
        cookies: fields(pairs(cookie ?? '', ';')),
    };
    Object.defineProperty(request, 'rawQueryString', { value: () => search });
    return {
        version: '1.0',
        context: { distributionDomainName: domain, distributionId: id, eventType: 'viewer-request', requestId: `local-${Date.now()}` },
        viewer: { ip },
        request,
    };
}

/** Status, headers and body of a response that a function made. */
export function generatedResponse(result) {
    const headers = {};
    for (const [name, field] of Object.entries(result.headers ?? {})) {
        headers[name.toLowerCase()] = field.multiValue ? field.multiValue.map((one) => one.value) : field.value;
    }
    const { body = '' } = result;
    const data = typeof body === 'string' ? body : Buffer.from(body.data ?? '', body.encoding === 'base64' ? 'base64' : 'utf8');
    return { status: result.statusCode, headers, body: Buffer.from(data) };
}

/** The query string that a function left: as the viewer sent it, when it was not touched. */
export function resultingQuery(result, before, search) {
    const { querystring = {} } = result;
    if (typeof querystring === 'string') return querystring;
    if (JSON.stringify(querystring) === before) return search ?? '';
    return Object.entries(querystring).flatMap(([name, field]) => (field.multiValue ?? [field])
        .map(({ value }) => (value === '' ? name : `${name}=${value}`))).join('&');
}

function pairs(text, separator) {
    return text.split(separator).map((part) => part.trim()).filter(Boolean).map((part) => {
        const at = part.indexOf('=');
        return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    });
}

function fields(entries) {
    const all = new Map();
    for (const [name, value] of entries) {
        const field = all.get(name);
        if (!field) all.set(name, { value });
        else (field.multiValue ??= [{ value: field.value }]).push({ value });
    }
    return Object.fromEntries(all);
}
