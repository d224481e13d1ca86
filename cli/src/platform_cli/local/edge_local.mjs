// Services of the site that run beside the edge, for example a CMS's backend.
import http from 'node:http';
import net from 'node:net';
import { pipeline } from 'node:stream';
import { send } from './edge_aws.mjs';
import { Refusal } from './edge_delivery.mjs';

const TIMEOUT_MS = 120_000;
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

/** The service that a path names and what it is asked for, or null when the path is the site's. */
export function localService(services, path) {
    const match = /^\/_local\/([^/]+)(\/.*)?$/.exec(path);
    if (!match) return null;
    if (!Object.hasOwn(services, match[1])) throw new Refusal(404, 'There is no such local service.');
    return { prefix: `/_local/${match[1]}`, address: new URL(services[match[1]]) };
}

// These services change files without a password, because they serve this machine only.
// A page of another site runs on this machine too, so it must not be able to call them.
function refuseStrangers(headers) {
    const { origin, host } = headers;
    if (headers['sec-fetch-site'] === 'cross-site' || (origin && origin !== `http://${host}`)) {
        throw new Refusal(403, 'A page of another site may not use this service.');
    }
}

function target(service, url) {
    return url.replace(/^https?:\/\/[^/?]*/i, '').slice(service.prefix.length).replace(/^(?!\/)/, '/');
}

/** Hand a request to a local service and stream its answer. */
export async function forwardLocal(service, request, response) {
    refuseStrangers(request.headers);
    const headers = { ...request.headers, host: service.address.host };
    for (const name of HOP_BY_HOP) delete headers[name];
    const options = {
        host: service.address.hostname, port: service.address.port, path: target(service, request.url), method: request.method, headers,
    };
    let answer;
    try {
        answer = await send(http, options, request, TIMEOUT_MS);
    } catch {
        throw new Refusal(502, 'The local service did not answer.');
    }
    const kept = { ...answer.headers };
    for (const name of HOP_BY_HOP) delete kept[name];
    response.writeHead(answer.statusCode, kept);
    pipeline(answer, response, () => {});
}

/** Connect a web socket to a local service; everything else is closed. */
export function upgradeLocal(services, request, socket, host) {
    const service = localService(services, request.url.split('?')[0]);
    if (!host || !service) return socket.destroy();
    refuseStrangers(request.headers);
    const upstream = net.connect(Number(service.address.port), service.address.hostname, () => {
        const lines = [`${request.method} ${target(service, request.url)} HTTP/1.1`];
        for (let index = 0; index < request.rawHeaders.length; index += 2) {
            const name = request.rawHeaders[index];
            lines.push(`${name}: ${name.toLowerCase() === 'host' ? service.address.host : request.rawHeaders[index + 1]}`);
        }
        upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
        socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on('error', () => { socket.destroy(); upstream.destroy(); });
    return upstream;
}
