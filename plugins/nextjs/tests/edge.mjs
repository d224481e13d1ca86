// A small stand-in for the edge: the release's file, else the function, both under the site's policy.
// node edge.mjs OUTPUT FUNCTION; prints its port.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const [output, bundle] = process.argv.slice(2);
const { handler } = bundle ? await import(join(bundle, "handler.mjs")) : {};
const TYPES = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".webp": "image/webp", ".woff2": "font/woff2", ".xml": "application/xml" };
const POLICY = "base-uri 'self'; default-src 'self'; form-action 'self'; frame-ancestors 'self'; object-src 'none'";

function fileOf(path) {
  const found = [path, join(path, "index.html")].map((name) => join(output, name));
  return found.find((name) => existsSync(name) && statSync(name).isFile());
}

async function asked(request) {
  const { pathname, search } = new URL(request.url, "http://localhost");
  const file = fileOf(decodeURIComponent(pathname));
  if (file) return { statusCode: 200, headers: { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }, body: readFileSync(file) };
  if (!handler) return { statusCode: 404, headers: { "content-type": TYPES[".html"] }, body: readFileSync(join(output, "404.html")) };
  const http = { method: request.method, path: pathname, sourceIp: "127.0.0.1" };
  const headers = { ...request.headers, "x-forwarded-proto": "https" };
  const event = { version: "2.0", rawPath: pathname, rawQueryString: search.slice(1), headers, requestContext: { http }, isBase64Encoded: false };
  const answer = await handler(event, {});
  return { ...answer, body: Buffer.from(answer.body ?? "", answer.isBase64Encoded ? "base64" : "utf-8") };
}

const server = createServer(async (request, response) => {
  try {
    const { statusCode, headers, body } = await asked(request);
    response.writeHead(statusCode, { ...headers, "content-security-policy": POLICY }).end(body);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
