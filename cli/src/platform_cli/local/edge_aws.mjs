// What the local edge asks of the embedded AWS: the distribution and what it names.
//
// Plain HTTP against the services' REST APIs, because the edge has no npm packages.
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

const API = '/2020-05-31';
const REGION = 'us-east-1';
const CONNECTION_ERRORS = new Set(['ECONNRESET', 'EPIPE']);

/** Send one request and answer with the response, whose body is not read yet. */
export class Emulator {
    /** @param {{endpoint: string, credentials?: {accessKeyId: string, secretAccessKey: string}}} config */
    constructor({ endpoint, credentials }) {
        this.url = new URL(endpoint);
        this.client = this.url.protocol === 'https:' ? https : http;
        this.agent = new this.client.Agent({ keepAlive: true, maxSockets: 64 });
        this.credentials = credentials;
    }

    /**
     * @param {{path: string, method?: string, headers?: object, body?: import('node:stream').Readable,
     *          service?: string, timeout?: number}} request  a service's name has the request signed
     * @returns {Promise<http.IncomingMessage>}
     */
    async send(request) {
        try {
            return await this.#once(request);
        } catch (error) {
            // A kept connection may have been closed just as we used it.
            if (request.body || !CONNECTION_ERRORS.has(error.code)) throw error;
            return await this.#once(request);
        }
    }

    #once({ path, method = 'GET', headers = {}, body, service, timeout = 30_000 }) {
        const all = { host: this.url.host, ...headers };
        if (service && this.credentials) Object.assign(all, sign(this.credentials, service, method, path, all.host));
        return send(this.client, {
            agent: this.agent, host: this.url.hostname, port: this.url.port, path, method, headers: all,
        }, body, timeout);
    }

    async #text(path, service = 'cloudfront') {
        const response = await this.send({ path, service });
        const text = await readAll(response);
        if (response.statusCode === 404) return null;
        if (response.statusCode !== 200) throw new Error(`the embedded AWS answered ${response.statusCode} for ${path}`);
        return text;
    }

    async #xml(path) {
        const text = await this.#text(`${API}${path}`);
        return text === null ? null : parseXml(text);
    }

    /** The distribution's configuration and its own domain, or null when there is no such distribution. */
    async distribution(id) {
        const root = await this.#xml(`/distribution/${encodeURIComponent(id)}`);
        return root && { domain: root.text('DomainName'), arn: root.text('ARN'), config: root.at('DistributionConfig') };
    }

    /** The published source of a function and the ARN of its store; null when nothing is published. */
    async publishedFunction(arn) {
        const name = encodeURIComponent(arn.slice(arn.lastIndexOf('/') + 1));
        const source = await this.#text(`${API}/function/${name}?Stage=LIVE`);
        if (source === null) return null;
        const summary = await this.#xml(`/function/${name}/describe?Stage=LIVE`);
        const stores = summary.at('FunctionConfig').items('KeyValueStoreAssociations');
        return { source, store: stores.length ? stores[0].text('KeyValueStoreARN') : '' };
    }

    /** A policy's configuration; kind is cache-policy, origin-request-policy or response-headers-policy. */
    async policy(kind, id) {
        return id ? await this.#xml(`/${kind}/${encodeURIComponent(id)}/config`) : null;
    }

    /** A key's value, or null when the store has no such key. */
    async storedValue(store, key) {
        const path = `/key-value-stores/${encodeURIComponent(store)}/keys/${encodeURIComponent(key)}`;
        const text = await this.#text(path, 'cloudfront-keyvaluestore');
        return text === null ? null : JSON.parse(text).Value;
    }

    /** What the service says of a store: how many keys it has, and when it was changed. */
    async storeDetails(store) {
        const text = await this.#text(`/key-value-stores/${encodeURIComponent(store)}`, 'cloudfront-keyvaluestore');
        if (text === null) throw new Error('KeyValueStoreNotFound');
        return JSON.parse(text);
    }
}

/** Send a request with Node's client; the promise ends with the response's head. */
export function send(client, options, body, timeout) {
    return new Promise((resolve, reject) => {
        const request = client.request(options, resolve);
        request.setTimeout(timeout, () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
        request.on('error', reject);
        if (body) {
            body.on('error', (error) => request.destroy(error));
            body.on('close', () => body.readableEnded || request.destroy(new Error('the viewer went away')));
            body.pipe(request);
        } else {
            request.end();
        }
    });
}

export async function readAll(stream) {
    const parts = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
}

/** The headers that sign a request without a body, in version 4 of the vendor's scheme. */
export function sign(credentials, service, method, path, host) {
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${time.slice(0, 8)}/${REGION}/${service}/aws4_request`;
    const body = service === 's3' ? 'UNSIGNED-PAYLOAD' : createHash('sha256').digest('hex');
    const [rawPath, search = ''] = path.split('?');
    // S3 signs the path as it is sent; every other service encodes it once more.
    const signedPath = service === 's3' ? rawPath : rawPath.split('/').map(encodeURIComponent).join('/');
    const canonical = [
        method, signedPath, search.split('&').map((pair) => (pair.includes('=') || !pair ? pair : `${pair}=`)).sort().join('&'),
        `host:${host}`, `x-amz-content-sha256:${body}`, `x-amz-date:${time}`, '',
        'host;x-amz-content-sha256;x-amz-date', body,
    ].join('\n');
    const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
    const hmac = (key, value) => createHmac('sha256', key).update(value).digest();
    const key = [...scope.split('/')].reduce(hmac, `AWS4${credentials.secretAccessKey}`);
    return {
        'x-amz-date': time,
        'x-amz-content-sha256': body,
        authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, `
            + `SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${hmac(key, text).toString('hex')}`,
    };
}

/** An element of an answer in XML. */
class Element {
    constructor(name) {
        this.name = name;
        this.children = [];
        this.value = '';
    }

    /** The first element below this one by these names, or an empty one. */
    at(...names) {
        return names.reduce((node, name) => node.children.find((child) => child.name === name) ?? new Element(name), this);
    }

    /** The text of the first element by that name; empty when there is none. */
    text(...names) {
        return this.at(...names).value;
    }

    /** Whether the element by that name says true. */
    flag(...names) {
        return this.text(...names) === 'true';
    }

    has(name) {
        return this.children.some((child) => child.name === name);
    }

    /** The members of a list in CloudFront's form: <list><Quantity/><Items>...</Items></list>. */
    items(...names) {
        return this.at(...names, 'Items').children;
    }
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Parse what a service answers: elements and text, without mixed content. */
export function parseXml(text) {
    const root = new Element('');
    const open = [root];
    for (const [, closing, name, empty, value] of text.matchAll(/<(\/?)([A-Za-z][\w:.-]*)[^>]*?(\/?)>|([^<]+)/g)) {
        if (value !== undefined) {
            open.at(-1).value += decodeEntities(value);
        } else if (closing) {
            open.pop();
        } else {
            const element = new Element(name);
            open.at(-1).children.push(element);
            if (!empty) open.push(element);
        }
    }
    return root.children[0];
}

function decodeEntities(text) {
    return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => (
        name ? ENTITIES[name] ?? whole : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal))));
}
