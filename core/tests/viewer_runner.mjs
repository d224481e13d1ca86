// Runs viewer.js with only what the CloudFront Functions runtime has.
// One JSON line in: {store, requests: [{uri, host, method, search, headers, querystring, cookies}]}; one JSON line out: the answers.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import crypto from 'node:crypto';
import vm from 'node:vm';

const source = readFileSync(process.argv[2], 'utf8').replace('__DEFAULT_HOST__', 'example.org');
const IMPORT = "import cf from 'cloudfront';\nimport crypto from 'crypto';";
if (!source.includes(IMPORT)) throw new Error('the viewer function does not import its key value store');

let store = {};
let origin = null;
const cf = {
    updateRequestOrigin: (changes) => { origin = changes; },
    kvs: () => ({
        async get(key, options) {
            if (!Object.hasOwn(store, key)) throw new Error('KeyNotFound');
            return options && options.format === 'json' ? JSON.parse(store[key]) : store[key];
        },
    }),
};
// A new context has the language and nothing of Node: no process, no require, no fetch.
const context = vm.createContext({ cf, crypto: { createHash: crypto.createHash }, TextEncoder });
vm.runInContext(`'use strict';${source.replace(IMPORT, '')}\n;globalThis.handler = handler;`, context);

async function answer({ uri, host, method = 'GET', search, headers = {}, querystring = {}, cookies = {} }) {
    const named = Object.entries(headers).map(([name, value]) => [name, { value }]);
    const request = {
        method, uri, querystring, cookies,
        headers: { ...(host === null ? {} : { host: { value: host ?? 'example.org' } }), ...Object.fromEntries(named) },
    };
    if (search !== undefined) request.rawQueryString = () => search;
    origin = null;
    const event = { version: '1.0', viewer: { ip: '192.0.2.7' }, request };
    const result = JSON.parse(JSON.stringify(await context.handler(event)));
    return origin ? { ...result, origin } : result;
}

for await (const line of createInterface({ input: process.stdin })) {
    const job = JSON.parse(line);
    store = job.store;
    const answers = [];
    for (const request of job.requests) answers.push(await answer(request));
    process.stdout.write(JSON.stringify(answers) + '\n');
}
