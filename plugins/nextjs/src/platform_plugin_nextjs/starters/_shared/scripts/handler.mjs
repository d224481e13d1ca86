// The function's entry: OpenNext's own, and pages that need no inline script.
//
// The site's content security policy refuses inline code. Next writes the data of a page as calls in inline
// scripts; here each becomes a block of JSON, which is no code, and one file makes the calls.
import { readFileSync } from "node:fs";
import { handler as answerOf } from "./index.mjs";
import { FLIGHT } from "./flight.mjs";

const SCRIPT = /<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g;
const DATA = /^(?:self\.__next_f|\(self\.__next_f=self\.__next_f\|\|\[\]\))\.push\(([\s\S]*)\);?$/;
const CHUNKS = /^\(globalThis\["TURBOPACK"\] \|\| \(globalThis\["TURBOPACK"\] = \[\]\)\)\.push\(([\s\S]*)\);?$/;
const CLOCK = /^requestAnimationFrame\(function\(\)\{\$RT=performance\.now\(\)\}\);?$/;

// A route that finds nothing leaves its page to the browser's script; the prepared one can be read without.
const MISSING = readFileSync(new URL("404.html", import.meta.url), "utf-8");
const UNFINISHED = "NEXT_HTTP_ERROR_FALLBACK;404";

export async function handler(event, context) {
  const answer = await answerOf(event, context);
  const target = `${event.rawPath}/`;
  if (answer.statusCode === 308 && String(headersOf(answer).location).split("?")[0] === target) {
    // A redirect to what is missing helps nobody: it is missing here already.
    const http = { ...event.requestContext.http, path: target };
    const there = await answerOf({ ...event, rawPath: target, requestContext: { ...event.requestContext, http } }, context);
    if (there.statusCode === 404) return readable(there);
  }
  return readable(answer);
}

function headersOf(answer) {
  return Object.fromEntries(Object.entries(answer.headers ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
}

function readable(answer) {
  const headers = headersOf(answer);
  if (!String(headers["content-type"] ?? "").startsWith("text/html") || !answer.body) return answer;
  const page = answer.isBase64Encoded ? Buffer.from(answer.body, "base64").toString("utf-8") : answer.body;
  delete headers["content-length"];
  delete headers.etag;
  const whole = answer.statusCode === 404 && page.includes(UNFINISHED) ? MISSING : page;
  return { ...answer, headers, body: withoutInline(whole), isBase64Encoded: false };
}

export function withoutInline(page) {
  let moved = 0;
  const text = page.replace(SCRIPT, (whole, attributes, code) => {
    if (/\stype="(?!module|text\/javascript)/.test(attributes)) return whole;
    const data = DATA.exec(code);
    const chunks = data ? null : CHUNKS.exec(code);
    if (!data && !chunks) return CLOCK.test(code) ? "" : whole;
    moved += 1;
    return `<script type="application/json" data-flight="${data ? "data" : "chunks"}">${(data ?? chunks)[1]}</script>`;
  });
  return moved ? text.replace(/(?=<\/body>)/, `<script src="${FLIGHT}"></script>`) : page;
}
