// What Next leaves, in the form that a web server needs.
import {
  cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, rmdirSync, writeFileSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { CODE, FLIGHT } from "./flight.mjs";

const OUT = "out";
const FUNCTION = ".open-next/server-functions/default";

/** A static site is complete in out/, but for pages that no visitor should find twice. */
export function finishStatic() {
  for (const name of ["404", "_not-found"]) rmSync(join(OUT, name), { recursive: true, force: true });
  for (const path of files(OUT)) {
    // Next's links are fetched whole: the parts of pages, which only prefetching asks for, are never read.
    if (/(^|[\\/])__next\.[^\\/]*\.txt$/.test(path)) rmSync(join(OUT, path));
    else if (path.endsWith(`.html${sep}index.html`)) flatten(path);
    else if (path.endsWith(".html")) plain(join(OUT, path));
  }
}

/** A server's files: what OpenNext calls assets, and the pages that Next made at build time. */
export function finishServer() {
  rmSync(OUT, { recursive: true, force: true });
  cpSync(".open-next/assets", OUT, { recursive: true });
  rmSync(join(OUT, "BUILD_ID"), { force: true });
  const made = ".next/server/app";
  for (const path of files(made)) {
    if (path === "_not-found.html") copy(join(made, path), join(OUT, "404.html"));
    else if (path.startsWith("_")) continue;
    else if (path.endsWith(".html")) copy(join(made, path), join(OUT, pageFile(path)));
    else if (path.endsWith(".body")) copy(join(made, path), join(OUT, path.slice(0, -".body".length)));
  }
  for (const path of files(OUT)) if (path.endsWith(".html")) plain(join(OUT, path));
  for (const name of ["handler.mjs", "flight.mjs"]) cpSync(join("scripts", name), join(FUNCTION, name));
  cpSync(join(OUT, "404.html"), join(FUNCTION, "404.html"));
  writeFileSync(join(OUT, FLIGHT), CODE);
}

function files(folder) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name).slice(folder.length + 1));
}

/** An address that ends with .html is a file of that name. */
function flatten(path) {
  const folder = join(OUT, dirname(path));
  renameSync(join(folder, "index.html"), `${folder}.tmp`);
  for (const name of readdirSync(folder)) if (/\.txt$/.test(name)) rmSync(join(folder, name));
  if (readdirSync(folder).length) renameSync(`${folder}.tmp`, join(folder, "index.html"));
  else {
    rmdirSync(folder);
    renameSync(`${folder}.tmp`, folder);
    plain(folder);
  }
}

function pageFile(path) {
  const page = path.slice(0, -".html".length);
  if (page === "index" || page.endsWith(".html")) return page === "index" ? "index.html" : page;
  return join(page, "index.html");
}

function copy(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
}

/** HTML's own spelling of the attributes that React writes in its way. */
function plain(path) {
  const page = readFileSync(path, "utf-8");
  const names = /(<(?:meta|link|script|img|input|form|label|button|time|source|td|th|iframe)\b[^>]*?\s)(charSet|fetchPriority|noModule|srcSet|imageSrcSet|imageSizes|crossOrigin|dateTime|colSpan|rowSpan|autoComplete|inputMode|noValidate|tabIndex|maxLength|minLength|readOnly|allowFullScreen|referrerPolicy)(?=[=\s>])/g;
  let text = page;
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(names, (_, start, name) => start + name.toLowerCase());
  }
  if (text !== page) writeFileSync(path, text);
}
