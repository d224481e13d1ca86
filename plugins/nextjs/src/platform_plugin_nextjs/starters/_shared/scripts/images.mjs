// Makes WebP files in several widths of every picture below public/images and public/media. Their names hold
// the hash of the original, so a file that is there already is good; the site's image loader knows them from
// .images/manifest.json.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import sharp from "sharp";

export const WIDTHS = [480, 960, 1600];
const FOLDERS = ["images", "media"];
const PLACE = "_images";
const RASTER = new Set([".avif", ".jpeg", ".jpg", ".png", ".webp"]);

export async function makeImages() {
  const folder = join("public", PLACE);
  mkdirSync(folder, { recursive: true });
  mkdirSync(".images", { recursive: true });
  const manifest = {};
  for (const path of originals()) manifest[path] = await widthsOf(path, folder);
  const wanted = new Set(Object.values(manifest).flatMap((image) => image.files.map(([, name]) => basename(name))));
  for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name));
  const text = JSON.stringify(manifest, null, 1);
  const record = ".images/manifest.json";
  if (!existsSync(record) || readFileSync(record, "utf-8") !== text) writeFileSync(record, text);
}

/** Site-absolute paths of all pictures that can be resized. */
function originals() {
  const found = [];
  for (const top of FOLDERS) {
    const root = join("public", top);
    if (!existsSync(root)) continue;
    for (const name of readdirSync(root, { recursive: true, encoding: "utf-8" })) {
      if (RASTER.has(extname(name).toLowerCase()) && statSync(join(root, name)).isFile()) {
        found.push(`/${top}/${name.replaceAll("\\", "/")}`);
      }
    }
  }
  return found.sort();
}

async function widthsOf(path, folder) {
  const data = readFileSync(join("public", path));
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 12);
  const { width, height } = await sharp(data).metadata();
  const widths = [...WIDTHS.filter((size) => size < width), Math.min(width, WIDTHS.at(-1))];
  const files = [];
  for (const size of new Set(widths)) {
    const stem = basename(path, extname(path)).replace(/[^A-Za-z0-9-]+/g, "-");
    const name = `${stem}.${hash}-${size}.webp`;
    const target = join(folder, name);
    if (!existsSync(target)) await sharp(data).resize({ width: size }).webp({ quality: 80 }).toFile(target);
    files.push([size, `/${PLACE}/${name}`]);
  }
  return { width, height, files };
}
