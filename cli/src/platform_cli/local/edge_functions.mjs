// Runs CloudFront Functions: the published source, unchanged, with a `cloudfront` module
// whose key value store is the one of the embedded AWS.
import { registerHooks } from 'node:module';

// A page asks for a dozen files at once; this spares the store the same question
// again, and is over before a person notices.
const CACHE_MS = 50;
const CACHE_KEYS = 2_000;
const modules = new Map();
let loaded = 0;

registerHooks({
    resolve(specifier, context, next) {
        if (specifier.startsWith('edge-function:')) return { url: specifier, format: 'module', shortCircuit: true };
        if (!context.parentURL?.startsWith('edge-function:')) return next(specifier, context);
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
        return { kvs: () => handle };
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
