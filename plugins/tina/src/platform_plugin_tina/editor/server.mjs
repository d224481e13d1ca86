// Answers the editor on the developer's machine: Tina's own content API over the site's files.
//
//   PORT=... node server.mjs '{"root": "<site>", "spec": "<spec.json>", "work": "<folder>", "lock": "<file or empty>"}'
//
// It listens on loopback, and the local edge lets in only pages of the site itself.
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { FilesystemBridge, buildSchema, createDatabaseInternal, resolve } from "@tinacms/graphql";
import { MemoryLevel } from "memory-level";
import { keepUntouched, readable } from "./faithful.mjs";
import { Refused, answerMedia } from "./media.mjs";

const MOST_BYTES = 5 * 1024 * 1024;
const options = JSON.parse(process.argv[2]);

async function writeWhole(file, data) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString("hex")}`);
  try {
    await fs.writeFile(partial, data);
    await fs.rename(partial, file);
  } finally {
    await fs.rm(partial, { force: true });
  }
}

/** The site's files; what Tina generates goes to a folder of its own. */
class SiteBridge extends FilesystemBridge {
  constructor(work, root, schema) {
    super(work, root);
    this.schema = schema;
  }

  async get(name) {
    const text = await super.get(name);
    return name.startsWith("content/") ? readable(text, this.schema.collectionOf(name)) : text;
  }

  async put(name, data, base) {
    if (base || !name.startsWith("content/")) return await super.put(name, data, base);
    const before = await super.get(name).catch(() => null);
    if (before?.startsWith("+++") && !data.startsWith("+++")) {
      throw new Error(`${name} has front matter in TOML, unlike its collection; change it by hand.`);
    }
    const target = await this.checked(name);
    await writeWhole(target, before === null ? data : keepUntouched(before, data, this.schema.collectionOf(name)));
  }

  async checked(name) {
    const target = path.resolve(this.outputPath, name);
    const content = path.join(this.outputPath, "content") + path.sep;
    const folder = await fs.realpath(path.dirname(target)).catch(() => path.dirname(target));
    const own = await fs.realpath(content).catch(() => content);
    if (!target.startsWith(content) || !(folder + path.sep).startsWith(own.replace(/[\\/]*$/, path.sep))) {
      throw new Error(`${name} leads out of the content folder.`);
    }
    return target;
  }

  async delete(name) {
    await this.checked(name);
    await super.delete(name);
  }
}

/** What the database knows of the files, and when each was read. */
class Index {
  constructor() {
    this.seen = new Map();
    this.collections = [];
    this.stamp = "";
  }

  collectionOf(name) {
    const folder = path.posix.dirname(name);
    return this.collections.find((collection) => collection.path === folder);
  }

  async refresh() {
    const stat = await fs.stat(options.spec);
    const stamp = `${stat.mtimeMs} ${stat.ino}`;
    if (stamp !== this.stamp) {
      await this.rebuild(JSON.parse(await fs.readFile(options.spec, "utf8")));
      this.stamp = stamp;
    } else {
      await this.follow();
    }
  }

  /** Read the schema and every file anew. */
  async rebuild({ config, file }) {
    const made = await buildSchema(config);
    this.graph = made.graphQLSchema;
    this.collections = config.schema.collections;
    const generated = path.join(options.work, "tina", "__generated__");
    await fs.mkdir(generated, { recursive: true });
    await fs.writeFile(path.join(generated, "_lookup.json"), JSON.stringify(made.lookup));
    this.database = createDatabaseInternal({
      bridge: new SiteBridge(options.work, options.root, this),
      level: new MemoryLevel({ valueEncoding: "json" }),
      tinaDirectory: "tina",
    });
    this.seen = await this.files();
    await this.database.indexContent({ graphQLSchema: made.graphQLSchema, tinaSchema: made.tinaSchema });
    if (options.lock) await this.keepForCloud(made, file);
  }

  /** Keep what TinaCloud reads from the repository, when it is new. */
  async keepForCloud(made, text) {
    const lock = JSON.stringify({ schema: made.tinaSchema.schema, lookup: made.lookup, graphql: made.graphQLSchema });
    for (const [name, data] of [["config.js", text], ["tina-lock.json", `${lock}\n`]]) {
      const target = path.join(options.lock, name);
      if ((await fs.readFile(target, "utf8").catch(() => null)) !== data) await writeWhole(target, data);
    }
  }

  /** Take in what was changed by hand since the last request. */
  async follow() {
    const now = await this.files();
    const changed = [...now].filter(([name, stamp]) => this.seen.get(name) !== stamp).map(([name]) => name);
    const gone = [...this.seen.keys()].filter((name) => !now.has(name));
    this.seen = now;
    if (changed.length) await this.database.indexContentByPaths(changed);
    if (gone.length) await this.database.deleteContentByPaths(gone);
  }

  async files() {
    const found = new Map();
    for (const { path: folder } of this.collections) {
      const entries = await fs.readdir(path.join(options.root, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile() || !entry.name.endsWith(".md") || entry.name.startsWith("_")) continue;
        const name = `${folder}/${entry.name}`;
        const stat = await fs.stat(path.join(options.root, name)).catch(() => null);
        if (stat) found.set(name, `${stat.mtimeMs} ${stat.size} ${stat.ino}`);
      }
    }
    return found;
  }
}

const index = new Index();
let last = Promise.resolve();

/** Requests come one after the other: the database knows no transactions. */
function inTurn(work) {
  const mine = last.then(work);
  last = mine.catch(() => {});
  return mine;
}

async function readJson(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BYTES) throw new Refused(413, "The request is larger than 5 MB.");
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new Refused(400, "The request is not JSON.");
  }
}

async function answerGraphql(request) {
  const { query, variables } = await readJson(request);
  return await inTurn(async () => {
    await index.refresh();
    const done = await resolve({ config: { useRelativeMedia: true }, database: index.database, query, variables, verbose: false });
    index.seen = await index.files();
    return done;
  });
}

/** The editor needs the schema before it starts, so it comes as a script. */
async function schemaScript() {
  await inTurn(() => index.refresh());
  return `globalThis.platformTina.graph = ${JSON.stringify(index.graph)};\n`;
}

async function answer(request) {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/ready") return { ready: true };
  if (url.pathname === "/schema.js" && request.method === "GET") return await schemaScript();
  if (url.pathname.endsWith("/graphql") && request.method === "POST") return await answerGraphql(request);
  if (url.pathname.startsWith("/media/")) {
    const place = { folder: path.join(options.root, "static", options.media), address: options.media };
    return await answerMedia(place, request, url, () => readJson(request));
  }
  throw new Refused(404, "There is nothing here.");
}

const server = createServer((request, response) => {
  const send = (status, value) => {
    const [text, type] = typeof value === "string" ? [value, "text/javascript"] : [JSON.stringify(value), "application/json"];
    const body = Buffer.from(text);
    response.writeHead(status, { "content-type": type, "content-length": body.length, "cache-control": "no-store" });
    response.end(body);
  };
  answer(request).then(
    (value) => send(200, value),
    (error) => {
      const known = error instanceof Refused;
      if (!known) console.error(error);
      send(known ? error.status : 500, { success: false, code: error.code ?? "", message: known ? error.message : "The request failed." });
    },
  );
});

await inTurn(() => index.refresh());
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
