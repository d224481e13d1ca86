// The local edge: answers on this machine as the site's CloudFront distribution would.
//
//   node edge.mjs '{"port": 8080, "endpoint": "http://127.0.0.1:4566", "distribution": "E123", "domain": "example.org"}'
//   node edge.mjs config.json
//
// The embedded AWS serves distributions too, but can't run a function that reads a key
// value store and does not know a site's own host name. So the edge reads the deployed
// distribution, its functions, policies and stores from the embedded AWS's APIs, and does
// with them what CloudFront does. It keeps no copies of content: there is no edge cache.
//
// Configuration: `port` (0 for any), `endpoint`, `distribution`, `domain`, and optionally
// `local` (name -> address of a service that answers below /_local/<name>/) and
// `credentials` (accessKeyId, secretAccessKey) when the embedded AWS checks signatures.
// It prints one line of JSON when it is ready and ends when its standard input ends.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream';
import { Emulator } from './edge_aws.mjs';
import { deliver, Refusal } from './edge_delivery.mjs';
import { Distribution } from './edge_distribution.mjs';
import { forwardLocal, localService, upgradeLocal } from './edge_local.mjs';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

function readConfig(argument) {
    const config = JSON.parse(argument.trimStart().startsWith('{') ? argument : readFileSync(argument, 'utf8'));
    for (const name of ['endpoint', 'distribution', 'domain']) {
        if (typeof config[name] !== 'string' || !config[name]) throw new Error(`'${name}' is missing`);
    }
    return { port: 0, local: {}, ...config, domain: config.domain.toLowerCase() };
}

/**
 * The host that a request is for, or '' when it is none of ours. A page of another site
 * could otherwise point its own name at this machine and read what we serve.
 */
function siteHost(header, config, distribution) {
    const name = (header ?? '').toLowerCase().replace(/:\d+$/, '');
    if (LOOPBACK.includes(name)) return config.domain;
    const host = name.replace(/\.localhost$/, '');
    // Browsers take every name below .localhost to this machine, whatever a name server says.
    const known = host !== name || host === config.domain || host === distribution.domain
        || distribution.aliases.some((alias) => alias === host || (alias.startsWith('*.') && host.endsWith(alias.slice(1))));
    return known ? host : '';
}

function split(url) {
    // A proxy's form of an address names the host again, before the path.
    const target = url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
    const at = target.indexOf('?');
    const path = at < 0 ? target : target.slice(0, at);
    const utf8 = Buffer.from(path, 'latin1').toString('utf8');
    return { path: utf8.includes('\ufffd') ? path : utf8, search: at < 0 ? undefined : target.slice(at + 1) };
}

async function answerRequest(edge, request, response) {
    const distribution = await edge.distribution.current();
    const host = siteHost(request.headers.host, edge.config, distribution);
    if (!host) throw new Refusal(403, 'This host name is not one of this site.');
    const { path, search } = split(request.url);
    const service = localService(edge.config.local, path);
    if (service) return await forwardLocal(service, request, response);
    const bodied = request.headers['transfer-encoding'] || Number(request.headers['content-length'] ?? 0) > 0;
    const answer = await deliver(edge.emulator, distribution, {
        method: request.method, path, search,
        headers: { ...request.headers, host },
        ip: request.socket.remoteAddress,
        body: bodied ? request : undefined,
    });
    respond(request, response, answer);
}

function respond(request, response, { status, headers, body }) {
    response.writeHead(status, Buffer.isBuffer(body) ? { ...headers, 'content-length': body.length } : headers);
    if (Buffer.isBuffer(body)) {
        response.end(request.method === 'HEAD' ? undefined : body);
    } else {
        // On a failure in the middle both ends are closed; the viewer sees a short body.
        pipeline(body, response, () => {});
    }
}

function refuse(response, error) {
    const status = error instanceof Refusal ? error.status : 502;
    if (response.headersSent) {
        response.destroy();
        return;
    }
    const text = Buffer.from(error instanceof Refusal ? `${error.message}\n` : 'The embedded AWS did not answer.\n');
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'content-length': text.length });
    response.end(text);
}

async function start(config) {
    const emulator = new Emulator(config);
    const edge = { config, emulator, distribution: new Distribution(emulator, config.distribution) };
    const { behaviours } = await edge.distribution.current();
    const server = http.createServer((request, response) => {
        answerRequest(edge, request, response).catch((error) => refuse(response, error));
    });
    server.on('upgrade', (request, socket) => {
        edge.distribution.current()
            .then((distribution) => upgradeLocal(config.local, request, socket, siteHost(request.headers.host, config, distribution)))
            .catch(() => socket.destroy());
    });
    await new Promise((resolve, reject) => {
        server.on('error', reject);
        server.listen(config.port, '127.0.0.1', resolve);
    });
    const { port } = server.address();
    process.stdout.write(`${JSON.stringify({
        ready: true, port, url: `http://localhost:${port}/`,
        hosts: [config.domain, `${config.domain}.localhost`, ...LOOPBACK],
        differences: [
            'no edge cache', 'plain HTTP, so no HSTS and no upgrade-insecure-requests',
            ...new Set(behaviours.flatMap((behaviour) => behaviour.ignored.map((name) => `${name} do not run`))),
        ],
    })}\n`);
}

function fail(code, error) {
    process.stderr.write(`edge: ${error.message}\n`);
    process.exit(code);
}

// Whoever started us holds the other end: when that is gone, however it ended, so are we.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
process.stdout.on('error', () => process.exit(0));
try {
    const config = readConfig(process.argv[2] ?? '');
    start(config).catch((error) => fail(1, error));
} catch (error) {
    fail(2, error);
}
