// The routes through which the editor lists, uploads, renames and removes media.
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";

const MOST_BYTES = 100 * 1024 * 1024;
// A page of somebody's own would run as the site.
const REFUSED = new Set([".htm", ".html", ".xhtml", ".xht", ".shtml", ".js", ".mjs", ".cjs", ".xml", ".xsl", ".xslt", ".wasm"]);

export class Refused extends Error {
  constructor(status, message, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A path below *folder*, links followed; anything else is refused. */
async function inside(folder, name) {
  const parts = name.split("/").filter(Boolean);
  if (parts.some((part) => part.startsWith(".") || /[\\:\0]/.test(part))) throw new Refused(403, "That is no name of a file here.");
  const target = path.join(folder, ...parts);
  const base = await fs.realpath(folder);
  let known = target;
  while (known !== folder && !(await fs.lstat(known).catch(() => null))) known = path.dirname(known);
  const real = await fs.realpath(known);
  if (real !== base && !real.startsWith(base + path.sep)) throw new Refused(403, "That leads out of the media folder.");
  return target;
}

async function list(folder, address, name, query) {
  const place = await inside(folder, name);
  const entries = (await fs.readdir(place, { withFileTypes: true }).catch(() => [])).filter((entry) => !entry.name.startsWith("."));
  const kinds = (query.get("ext") ?? "").split(",").filter(Boolean);
  const wanted = (query.get("search") ?? "").trim().toLowerCase();
  const prefix = [address, name].filter(Boolean).join("/");
  const files = entries
    .filter((entry) => entry.isFile())
    .filter((entry) => !kinds.length || kinds.includes(path.extname(entry.name).slice(1).toLowerCase()))
    .filter((entry) => entry.name.toLowerCase().includes(wanted))
    .sort((one, other) => one.name.localeCompare(other.name));
  const [from, most] = [Number(query.get("cursor")) || 0, Number(query.get("limit")) || 20];
  const directories = from ? [] : entries.filter((entry) => entry.isDirectory()).map((entry) => `/${entry.name}`);
  const shown = files.slice(from, from + most).map((entry) => ({ filename: entry.name, src: `/${prefix}/${entry.name}` }));
  return { files: shown, directories, cursor: files.length > from + most ? String(from + most) : null };
}

async function upload(folder, name, request) {
  const target = await inside(folder, name);
  if (target === folder || REFUSED.has(path.extname(target).toLowerCase())) {
    throw new Refused(415, "Files of this kind are not taken.");
  }
  await fs.mkdir(path.dirname(target), { recursive: true });
  const partial = path.join(path.dirname(target), `.upload-${randomBytes(6).toString("hex")}`);
  const form = busboy({ headers: request.headers, limits: { files: 1, fileSize: MOST_BYTES } });
  let written = null;
  let cut = false;
  form.on("file", (_field, file) => {
    file.on("limit", () => (cut = true));
    written = pipeline(file, createWriteStream(partial));
  });
  try {
    await pipeline(request, form);
    if (!written) throw new Refused(400, "There is no file in this request.");
    await written;
    if (cut) throw new Refused(413, "The file is larger than 100 MB.");
    await fs.rename(partial, target);
  } finally {
    await fs.rm(partial, { force: true });
  }
  return { success: true };
}

async function rename(folder, { from, to }) {
  if (typeof from !== "string" || typeof to !== "string") throw new Refused(400, "Both names are needed.", "INVALID_FILENAME");
  const [source, target] = [await inside(folder, from), await inside(folder, to)];
  if (REFUSED.has(path.extname(target).toLowerCase())) throw new Refused(400, "Files of this kind are not taken.", "INVALID_FILENAME");
  if (!(await fs.stat(source).catch(() => null))?.isFile()) throw new Refused(404, "There is no such file.", "NOT_FOUND");
  if (await fs.stat(target).catch(() => null)) throw new Refused(409, "There is such a file already.", "NAME_COLLISION");
  await fs.mkdir(path.dirname(target), { recursive: true });
  await fs.rename(source, target);
  return { success: true, from, to };
}

async function remove(folder, name) {
  const target = await inside(folder, name);
  if (!(await fs.stat(target).catch(() => null))?.isFile()) return { ok: false, message: "There is no such file." };
  await fs.rm(target);
  return { ok: true };
}

/** Answer a request below /media; *folder* is where the files are, *address* how pages name it. */
export async function answerMedia({ folder, address }, request, url, readJson) {
  await fs.mkdir(folder, { recursive: true });
  const rest = decodeURIComponent(url.pathname.slice("/media/".length));
  if (request.method === "GET" && (rest === "list" || rest.startsWith("list/"))) {
    return await list(folder, address, rest.slice("list/".length).replace(/\/+$/, ""), url.searchParams);
  }
  if (request.method === "POST" && rest.startsWith("upload/")) return await upload(folder, rest.slice("upload/".length), request);
  if (request.method === "POST" && rest === "rename") return await rename(folder, await readJson());
  if (request.method === "DELETE") return await remove(folder, rest);
  throw new Refused(404, "There is nothing here.");
}
