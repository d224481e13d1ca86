// The site's entries: files of the repository, indexed in DynamoDB by Tina's own content API.
//
// The branch on GitHub is the truth. Each request compares its head with the commit that the index
// was made from; what differs is read anew, file by file, by the hashes that Git has of them.
import path from "node:path";
import { createDatabaseInternal, resolve } from "@tinacms/graphql";
import { parse } from "graphql";
import { keepUntouched, readable } from "./faithful.mjs";
import { Refused } from "./github.mjs";
import { DynamoLevel } from "./level.mjs";
import { State } from "./state.mjs";

const AT_ONCE = 8;
const CHUNK = 40;
const LOCK = "tina/tina-lock.json";

/** The files as Tina's database reads and writes them, for the length of one request. */
class GitHubBridge {
  rootPath = "";

  constructor(site, github) {
    this.site = site;
    this.github = github;
    this.fetched = new Map();
    this.touched = new Set();
    this.last = null;
  }

  // Which files there are is not asked here: `Site.update` names them.
  async glob() {
    return [];
  }

  async fetch(sha) {
    if (!this.fetched.has(sha)) this.fetched.set(sha, (await this.github.blob(sha)).toString("utf8"));
    return this.fetched.get(sha);
  }

  async text(name) {
    const sha = this.site.state.files[name];
    return sha ? await this.fetch(sha) : null;
  }

  async get(name) {
    const text = await this.text(name);
    if (text === null) throw new Error(`There is no ${name}.`);
    return readable(text, this.site.collectionOf(name));
  }

  async put(name, data) {
    const collection = this.site.checked(name);
    const before = await this.text(name);
    if (before?.startsWith("+++") && !data.startsWith("+++")) {
      throw new Error(`${name} has front matter in TOML, unlike its collection; change it by hand.`);
    }
    const text = before === null ? data : keepUntouched(before, data, collection);
    if (text === before) return;
    this.touched.add(name);
    const verb = before === null ? "Add" : "Change";
    this.took(await this.github.write(this.site.inRepository(name), Buffer.from(text), this.site.state.files[name], `${verb} ${name}`), name);
  }

  async delete(name) {
    this.site.checked(name);
    this.touched.add(name);
    const sha = this.site.state.files[name];
    if (!sha) throw new Error(`There is no ${name}.`);
    this.took(await this.github.remove(this.site.inRepository(name), sha, `Remove ${name}`), name);
  }

  took({ sha, commit, parent }, name) {
    const { state } = this.site;
    // Somebody's push in between is not in the index: the next request compares everything.
    state.commit = state.commit && parent === state.commit ? commit : "";
    state.content = "";
    if (sha) state.files[name] = sha;
    else delete state.files[name];
  }
}

/** Stands where a bridge is expected; each request puts its own behind it. */
class Switch {
  rootPath = "";
  now = null;
  glob = () => this.now.glob();
  get = (name) => this.now.get(name);
  put = (name, data) => this.now.put(name, data);
  delete = (name) => this.now.delete(name);
}

export class Site {
  constructor({ client, table, repository, branch, folder }) {
    const place = [repository, branch, folder].join(":");
    this.options = { client, table, space: `index:${place}` };
    this.folder = folder;
    this.kept = new State({ client, table, place });
    this.bridge = new Switch();
    this.state = null;
    this.lock = "";
  }

  inRepository(name) {
    return [this.folder, name].filter(Boolean).join("/");
  }

  collectionOf(name) {
    const folder = path.posix.dirname(name);
    return this.collections.find((collection) => collection.path === folder);
  }

  /** Return the collection of an entry's path; any other path is refused. */
  checked(name) {
    const parts = name.split("/");
    const plain = parts.every((part) => part && !part.startsWith(".") && !/[\\\0]/.test(part));
    const collection = plain && parts[0] === "content" && name.endsWith(".md") ? this.collectionOf(name) : undefined;
    if (!collection || parts.at(-1).startsWith("_")) throw new Error(`${name} is no place of an entry.`);
    return collection;
  }

  /** Answer one request of the editor. */
  async answer(github, { query, variables }, deadline) {
    const ask = async (bridge) => {
      this.bridge.now = bridge;
      return await resolve({ config: { useRelativeMedia: true }, database: this.database, query, variables, verbose: false });
    };
    if (!changesSomething(query)) {
      await this.refresh(github, deadline);
      return await ask(new GitHubBridge(this, github));
    }
    return await this.kept.alone(deadline, async () => {
      await this.update(github, deadline);
      const bridge = new GitHubBridge(this, github);
      let done = null;
      try {
        done = await ask(bridge);
        return done;
      } finally {
        const failed = !done || done.errors?.length;
        if (bridge.touched.size && failed) await this.mend(github, bridge.touched, deadline);
        else if (bridge.touched.size) await this.kept.save(this.state);
      }
    });
  }

  /** Read files anew after a change that failed, because nobody knows how far it came. */
  async mend(github, names, deadline) {
    for (const name of names) delete this.state.files[name];
    Object.assign(this.state, { commit: "", content: "" });
    await this.kept.save(this.state);
    // When that fails too, the next request does it; what went wrong first is what is told.
    await this.update(github, deadline).catch(() => {});
  }

  /** Take in what the branch has and the index has not. */
  async refresh(github, deadline) {
    const head = await github.head();
    if (this.state?.commit !== head) this.state = await this.kept.load();
    if (this.state.commit === head) await this.open(github, this.state.lock);
    else await this.kept.alone(deadline, async () => await this.update(github, deadline));
  }

  /** Open the index of a schema, which is a file of the repository; return the schema when it was not open. */
  async open(github, lock) {
    if (this.lock === lock) return null;
    const { graphql, schema, lookup } = await readLock(github, lock);
    this.collections = schema.collections;
    this.database = createDatabaseInternal({
      bridge: this.bridge,
      level: new DynamoLevel(this.options),
      levelBatchSize: 100,
      tinaDirectory: "tina",
    });
    this.lock = lock;
    return { graphQLSchema: graphql, tinaSchema: { schema }, lookup };
  }

  async update(github, deadline) {
    const head = await github.head();
    this.state = await this.kept.load();
    if (this.state.commit === head) return void (await this.open(github, this.state.lock));
    const lock = await github.find(head, this.inRepository(LOCK));
    if (lock?.type !== "blob") throw new Refused(503, `${LOCK} is not in the repository. Run \`platform up\` once and commit the folder tina/.`);
    if (this.state.lock !== lock.sha) await this.begin(github, lock.sha);
    await this.open(github, lock.sha);
    const content = await github.find(head, this.inRepository("content"));
    const tree = content?.type === "tree" ? content.sha : "";
    if (!tree || tree !== this.state.content) await this.follow(github, tree, deadline);
    Object.assign(this.state, { commit: head, content: tree });
    await this.kept.save(this.state);
  }

  /** Begin an empty index with another schema. */
  async begin(github, lock) {
    this.state = { commit: "", content: "", lock: "", files: {} };
    await this.kept.save(this.state);
    this.lock = "";
    const schema = await this.open(github, lock);
    this.lock = "";
    this.bridge.now = new GitHubBridge(this, github);
    await this.database.indexContent(schema);
    this.lock = lock;
    this.state.lock = lock;
  }

  /** Read what differs between the index and a tree of the repository. */
  async follow(github, tree, deadline) {
    const wanted = tree ? this.entriesOf(await github.tree(tree, true)) : {};
    const { files } = this.state;
    const gone = Object.keys(files).filter((name) => !(name in wanted));
    const changed = Object.keys(wanted).filter((name) => wanted[name] !== files[name]);
    if (gone.length || changed.length) Object.assign(this.state, { commit: "", content: "" });
    await this.forget(gone);
    try {
      for (let start = 0; start < changed.length; start += CHUNK) {
        if (start && Date.now() > deadline) {
          throw new Refused(503, `The entries are being read: ${start} of ${changed.length} are done. Try again.`, "BUSY");
        }
        await this.read(github, wanted, changed.slice(start, start + CHUNK));
      }
    } catch (error) {
      // The next request goes on from here.
      await this.kept.save(this.state);
      throw error;
    }
  }

  entriesOf(tree) {
    const found = {};
    for (const { path: below, type, mode, sha } of tree) {
      const name = `content/${below}`;
      const plain = type === "blob" && mode !== "120000" && name.endsWith(".md") && !path.posix.basename(name).startsWith("_");
      if (plain && this.collectionOf(name)) found[name] = sha;
    }
    return found;
  }

  async forget(names) {
    if (names.length) await this.database.deleteContentByPaths(names);
    for (const name of names) delete this.state.files[name];
  }

  async read(github, wanted, names) {
    const bridge = new GitHubBridge(this, github);
    this.bridge.now = bridge;
    for (let start = 0; start < names.length; start += AT_ONCE) {
      await Promise.all(names.slice(start, start + AT_ONCE).map((name) => bridge.fetch(wanted[name])));
    }
    for (const name of names) this.state.files[name] = wanted[name];
    try {
      await this.index(names);
    } catch (error) {
      for (const name of names) delete this.state.files[name];
      throw error;
    }
  }

  /** Index files; one that can't be read must not keep the others out. */
  async index(names) {
    try {
      await this.database.indexContentByPaths(names);
    } catch (error) {
      if (isOutage(error)) throw error;
      if (names.length > 1) {
        for (const name of names) await this.index([name]);
      } else {
        console.log(JSON.stringify({ level: "warning", tina: "entry-unreadable", name: names[0], error: error.originalError?.name ?? error.name }));
        await this.database.deleteContentByPaths(names);
      }
    }
  }
}

/** Tell whether a service failed, which is no fault of a file. */
function isOutage(error) {
  for (let found = error; found; found = found.originalError ?? found.cause) {
    if (found instanceof Refused || found.$metadata) return true;
  }
  return false;
}

function changesSomething(query) {
  try {
    return parse(query).definitions.some((item) => item.kind === "OperationDefinition" && item.operation !== "query");
  } catch {
    // What can't be read is answered by the content API, with what is wrong with it.
    return false;
  }
}

async function readLock(github, sha) {
  try {
    const { graphql, schema, lookup } = JSON.parse((await github.blob(sha)).toString("utf8"));
    if (!graphql || !lookup || !Array.isArray(schema?.collections)) throw new Error("a part is missing");
    return { graphql, schema, lookup };
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(503, `${LOCK} is not as Platform writes it. Run \`platform up\` once and commit the folder tina/.`);
  }
}
