// The editor's backend on AWS: the Lambda function behind /_platform/tina/.
//
// Each request carries the GitHub token of the person who edits, in a header that no other site's
// page can send. GitHub says whether that person may push; every read and every commit is done
// with that token, so the function needs no secret. Environment:
//
// - SITE_ORIGIN: the site's own address; pages of other origins are refused.
// - REPOSITORY, BRANCH, FOLDER: owner/name, the branch, and the site's folder in it.
// - MEDIA_FOLDER: below static/.
// - TABLE: the DynamoDB table of the index.
// - GITHUB_API: https://api.github.com by default.
//
// No answer has the status 404, for which CloudFront shows the site's error page.
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GitHub, Refused, tokenOf } from "./github.mjs";
import { MOST_MEDIA_BYTES, Media } from "./media.mjs";
import { Site } from "./site.mjs";

const BASE = "/_platform/tina/";
const MOST_BYTES = 4 * 1024 * 1024;
// A function's time is 29 seconds; what is left when this is over is for the answer itself.
const READING_MS = 12_000;
const PACKED_FROM = 16 * 1024;

const env = process.env;
const api = (env.GITHUB_API || "https://api.github.com").replace(/\/+$/, "");
if (!/^(?:https:\/\/|http:\/\/127\.0\.0\.1:)/.test(api)) throw new Error("GITHUB_API is not an https address");
const options = { api, repository: env.REPOSITORY, branch: env.BRANCH, folder: env.FOLDER ?? "", media: env.MEDIA_FOLDER };
const client = new DynamoDBClient({ maxAttempts: 5 });
const site = new Site({ client, table: env.TABLE, ...options });

function bytesOf({ body, isBase64Encoded }, most) {
  const data = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  if (data.length > most) throw new Refused(413, `The request is larger than ${most / 1024 / 1024} MB.`);
  return data;
}

function jsonOf(event) {
  if (!/^application\/json(?:;|$)/i.test(event.headers["content-type"] ?? "")) throw new Refused(415, "The request is not JSON.");
  let found;
  try {
    found = JSON.parse(bytesOf(event, MOST_BYTES).toString("utf8"));
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(400, "The request is not JSON.");
  }
  if (typeof found !== "object" || found === null) throw new Refused(400, "The request is not an object.");
  return found;
}

function pathOf(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused(400, "The address is not encoded as it must be.");
  }
}

async function answerGraphql(event, github, deadline) {
  const { query, variables } = jsonOf(event);
  if (typeof query !== "string") throw new Refused(400, "There is no query.");
  return await site.answer(github, { query, variables: variables ?? {} }, deadline);
}

async function answerMedia(event, github, method, rest) {
  const media = new Media(options, github);
  const name = pathOf(rest);
  const query = new URLSearchParams(event.rawQueryString ?? "");
  if (method === "GET" && (name === "list" || name.startsWith("list/"))) {
    return await media.list(name.slice("list/".length).replace(/\/+$/, ""), query);
  }
  if (method === "PUT" && name.startsWith("upload/")) return await media.upload(name.slice("upload/".length), bytesOf(event, MOST_MEDIA_BYTES));
  if (method === "POST" && name === "rename") return await media.rename(jsonOf(event));
  if (method === "DELETE") return await media.remove(name);
  throw new Refused(400, "There is nothing here.");
}

async function answer(event) {
  const deadline = Date.now() + READING_MS;
  const { origin, "sec-fetch-site": from } = event.headers;
  if ((origin && origin !== env.SITE_ORIGIN) || (from && from !== "same-origin")) throw new Refused(403, "Only the site's own editor may ask here.");
  const { method } = event.requestContext.http;
  const path = event.rawPath.startsWith(BASE) ? event.rawPath.slice(BASE.length) : "";
  const github = new GitHub(options, tokenOf(event.headers.authorization));
  const person = await github.person();
  if (path === "user" && method === "GET") return person;
  if (path === "ready" && method === "GET") {
    await site.refresh(github, deadline);
    return { ready: true };
  }
  if (path === "graphql" && method === "POST") return await answerGraphql(event, github, deadline);
  if (path.startsWith("media/")) return await answerMedia(event, github, method, path.slice("media/".length));
  throw new Refused(400, "There is nothing here.");
}

function reply(event, status, value) {
  const headers = { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff" };
  const body = Buffer.from(JSON.stringify(value));
  if (body.length < PACKED_FROM || !/\bgzip\b/.test(event.headers["accept-encoding"] ?? "")) {
    return { statusCode: status, headers, body: body.toString("utf8") };
  }
  // Lambda answers with 6 MB at most.
  headers["content-encoding"] = "gzip";
  return { statusCode: status, headers, body: gzipSync(body).toString("base64"), isBase64Encoded: true };
}

/** Answer one event of an HTTP API, payload version 2.0. */
export async function handler(event) {
  const asked = { ...event, headers: event.headers ?? {} };
  try {
    return reply(asked, 200, await answer(asked));
  } catch (error) {
    const known = error instanceof Refused;
    // Tokens and texts never come here: what went wrong, and where in the code.
    if (!known) console.log(JSON.stringify({ level: "error", tina: error.name, stack: String(error.stack).split("\n").slice(1, 6) }));
    const [status, message] = known ? [error.status, error.message] : [500, "The request failed."];
    return reply(asked, status, { success: false, code: known ? error.code : "", message });
  }
}
