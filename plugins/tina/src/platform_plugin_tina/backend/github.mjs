// What is asked of GitHub's REST API, with the token of the person who edits.
//
// Objects of Git never change, so trees are kept in memory by their hash. Redirects are not
// followed: a token goes to the one address that it is meant for.
import { createHash } from "node:crypto";

const TIMEOUT = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;
const KEPT_TREES = 500;
const CHECK_AGAIN = 60_000;
const MOST_PEOPLE = 200;
const TOKEN = /^[A-Za-z0-9_.-]{20,1024}$/;
const HASH = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** What a request is refused with; the message is for the person. */
export class Refused extends Error {
  constructor(status, message, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const trees = new Map();
const people = new Map();

function keep(map, key, value, most) {
  if (map.size >= most) map.delete(map.keys().next().value);
  map.set(key, value);
}

async function bodyOf(response) {
  const parts = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw new Refused(502, "GitHub's answer is larger than 32 MB.");
    parts.push(part);
  }
  try {
    return size ? JSON.parse(Buffer.concat(parts).toString("utf8")) : {};
  } catch {
    throw new Refused(502, "GitHub's answer is not JSON.");
  }
}

function refusalOf(response) {
  const limited = response.headers.get("retry-after") || response.headers.get("x-ratelimit-remaining") === "0";
  if (response.status === 401) return new Refused(401, "Your login with GitHub has ended. Log in again.");
  if (response.status === 429 || (response.status === 403 && limited)) {
    return new Refused(503, "GitHub asks to wait: there were too many requests. Try again in some minutes.");
  }
  if (response.status === 403) return new Refused(403, "GitHub does not let this account do that.");
  if (response.status === 404) return new Refused(410, "GitHub has no such file or branch, or this account may not see it.", "NOT_FOUND");
  if (response.status === 409 || response.status === 422) {
    return new Refused(409, "The file was changed by somebody else, or GitHub's rules for the branch refuse the change. Load it again.", "NAME_COLLISION");
  }
  if (response.status >= 300 && response.status < 400) return new Refused(502, "GitHub says that the repository has another name now.");
  return new Refused(502, "GitHub can't answer now. Try again.");
}

export class GitHub {
  constructor({ api, repository, branch }, token) {
    this.base = `${api}/repos/${repository}`;
    this.api = api;
    this.branch = branch;
    this.token = token;
  }

  async ask(method, address, body) {
    let response;
    try {
      response = await fetch(address, {
        method,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT),
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.token}`,
          "content-type": "application/json",
          "user-agent": "platform-tina",
          "x-github-api-version": "2022-11-28",
        },
        body: body && JSON.stringify(body),
      });
      if (response.ok) return await bodyOf(response);
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Refused(502, "GitHub can't be reached now. Try again.");
    }
    await response.body?.cancel();
    throw refusalOf(response);
  }

  /** Return who edits; refuses who may not push. What GitHub said holds for a minute. */
  async person() {
    const key = createHash("sha256").update(`${this.base}\0${this.token}`).digest("hex");
    const known = people.get(key);
    if (known && known.until > Date.now()) return known.person;
    people.delete(key);
    const hidden = (error) => {
      throw error.status === 410 ? new Refused(403, "This GitHub account may not see the site's repository.") : error;
    };
    const repository = await this.ask("GET", this.base).catch(hidden);
    if (repository.permissions?.push !== true) throw new Refused(403, "This GitHub account may not write to the site's repository.");
    const { login, name } = await this.ask("GET", `${this.api}/user`);
    const person = { login: String(login), name: String(name || login) };
    keep(people, key, { person, until: Date.now() + CHECK_AGAIN }, MOST_PEOPLE);
    return person;
  }

  /** Return the commit that the branch is at. */
  async head() {
    const { object } = await this.ask("GET", `${this.base}/git/ref/heads/${encodePath(this.branch)}`);
    return hash(object?.sha);
  }

  async tree(sha, recursive = false) {
    const key = `${this.base}\0${sha}\0${recursive}`;
    if (!trees.has(key)) {
      const found = await this.ask("GET", `${this.base}/git/trees/${sha}${recursive ? "?recursive=1" : ""}`);
      if (found.truncated) throw new Refused(502, "The folder has more files than GitHub lists at once.");
      const entries = found.tree.map(({ path, mode, type, sha: own, size }) => ({ path, mode, type, sha: own, size }));
      keep(trees, key, entries, KEPT_TREES);
    }
    return trees.get(key);
  }

  /** Return the entry at a path of a commit, or null; links are not followed. */
  async find(commit, path) {
    const key = `${this.base}\0commit\0${commit}`;
    if (!trees.has(key)) keep(trees, key, hash((await this.ask("GET", `${this.base}/git/commits/${commit}`)).tree?.sha), KEPT_TREES);
    let entry = { path: "", type: "tree", sha: trees.get(key) };
    for (const part of path.split("/").filter(Boolean)) {
      if (entry?.type !== "tree") return null;
      entry = (await this.tree(entry.sha)).find((item) => item.path === part) ?? null;
    }
    return entry;
  }

  async blob(sha) {
    const { content, encoding } = await this.ask("GET", `${this.base}/git/blobs/${hash(sha)}`);
    if (encoding !== "base64") throw new Refused(502, "GitHub sent a file in another form.");
    return Buffer.from(content, "base64");
  }

  /** Commit one file; *sha* is what it was before, and GitHub refuses when it is not that any more. */
  async write(path, data, sha, message) {
    const body = { message, content: data.toString("base64"), branch: this.branch, ...(sha ? { sha } : {}) };
    return committed(await this.ask("PUT", `${this.base}/contents/${encodePath(path)}`, body));
  }

  async remove(path, sha, message) {
    return committed(await this.ask("DELETE", `${this.base}/contents/${encodePath(path)}`, { message, sha, branch: this.branch }));
  }
}

function committed({ content, commit }) {
  return { sha: content?.sha ?? "", commit: hash(commit?.sha), parent: commit.parents?.[0]?.sha ?? "" };
}

function encodePath(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

function hash(value) {
  if (!HASH.test(value ?? "")) throw new Refused(502, "GitHub's answer has no hash of Git.");
  return value;
}

/** Return the token of a request's header. */
export function tokenOf(header) {
  const token = /^Bearer (\S+)$/i.exec(header ?? "")?.[1] ?? "";
  if (!TOKEN.test(token)) throw new Refused(401, "Log in with GitHub.");
  return token;
}
