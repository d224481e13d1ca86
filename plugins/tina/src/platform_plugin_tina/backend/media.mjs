// Pictures and other files below static/<media folder> of the repository.
import path from "node:path";
import { Refused } from "./github.mjs";

// Lambda takes 6 MB with a request, of which encoding needs a third.
export const MOST_MEDIA_BYTES = 4 * 1024 * 1024;
// A page of somebody's own would run as the site.
const REFUSED = new Set([".htm", ".html", ".xhtml", ".xht", ".shtml", ".js", ".mjs", ".cjs", ".xml", ".xsl", ".xslt", ".wasm"]);

export class Media {
  constructor({ folder, media }, github) {
    this.root = [folder, "static", media].filter(Boolean).join("/");
    this.address = media;
    this.github = github;
  }

  async find(name) {
    return await this.github.find(await this.github.head(), name ? `${this.root}/${name}` : this.root);
  }

  async list(name, query) {
    const place = await this.find(checked(name));
    const entries = place?.type === "tree" ? (await this.github.tree(place.sha)).filter((entry) => !entry.path.startsWith(".")) : [];
    const kinds = (query.get("ext") ?? "").split(",").filter(Boolean);
    const wanted = (query.get("search") ?? "").trim().toLowerCase();
    const prefix = [this.address, name].filter(Boolean).join("/");
    const files = entries
      .filter((entry) => entry.type === "blob" && entry.mode !== "120000")
      .filter((entry) => !kinds.length || kinds.includes(path.extname(entry.path).slice(1).toLowerCase()))
      .filter((entry) => entry.path.toLowerCase().includes(wanted))
      .sort((one, other) => one.path.localeCompare(other.path));
    const [from, most] = [Number(query.get("cursor")) || 0, Number(query.get("limit")) || 20];
    const directories = from ? [] : entries.filter((entry) => entry.type === "tree").map((entry) => `/${entry.path}`);
    const shown = files.slice(from, from + most).map((entry) => ({ filename: entry.path, src: `/${prefix}/${entry.path}` }));
    return { files: shown, directories, cursor: files.length > from + most ? String(from + most) : null };
  }

  async upload(name, data) {
    if (!checked(name) || forbidden(name)) throw new Refused(415, "Files of this kind are not taken.");
    if (!data.length) throw new Refused(400, "There is no file in this request.");
    if (data.length > MOST_MEDIA_BYTES) throw new Refused(413, "The file is larger than 4 MB.");
    const there = await this.find(name);
    if (there && !isFile(there)) throw new Refused(409, "There is such a folder already.");
    await this.github.write(`${this.root}/${name}`, data, there?.sha, `${there ? "Change" : "Add"} ${this.address}/${name}`);
    return { success: true };
  }

  async rename({ from, to }) {
    if (typeof from !== "string" || typeof to !== "string") throw new Refused(400, "Both names are needed.", "INVALID_FILENAME");
    if (!checked(from) || !checked(to) || forbidden(to)) throw new Refused(400, "Files of this kind are not taken.", "INVALID_FILENAME");
    const [source, target] = [await this.find(from), await this.find(to)];
    if (!isFile(source)) throw new Refused(410, "There is no such file.", "NOT_FOUND");
    if (target) throw new Refused(409, "There is such a file already.", "NAME_COLLISION");
    const message = `Rename ${this.address}/${from} to ${to}`;
    await this.github.write(`${this.root}/${to}`, await this.github.blob(source.sha), "", message);
    await this.github.remove(`${this.root}/${from}`, source.sha, message);
    return { success: true, from, to };
  }

  async remove(name) {
    const there = checked(name) ? await this.find(name) : null;
    if (!isFile(there)) return { ok: false, message: "There is no such file." };
    await this.github.remove(`${this.root}/${name}`, there.sha, `Remove ${this.address}/${name}`);
    return { ok: true };
  }
}

function isFile(entry) {
  return entry?.type === "blob" && entry.mode !== "120000";
}

function forbidden(name) {
  return REFUSED.has(path.extname(name).toLowerCase());
}

/** Return a name below the media folder; anything else is refused. */
function checked(name) {
  const bad = (part) => !part || part.startsWith(".") || /[\\:\0]/.test(part);
  if (name && name.split("/").some(bad)) throw new Refused(403, "That is no name of a file here.");
  return name;
}
