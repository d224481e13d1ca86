// Files of assets/ are published under names that hold a hash of their content, so browsers keep them for ever.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

export default function (eleventyConfig) {
  const published = new Map();
  eleventyConfig.on("eleventy.before", () => published.clear());

  eleventyConfig.addFilter("asset", (name) => {
    if (!published.has(name)) {
      const hash = createHash("sha256").update(readFileSync(`assets/${name}`)).digest("hex").slice(0, 16);
      const { dir, name: stem, ext } = path.parse(name);
      published.set(name, path.posix.join("assets", dir, `${stem}.${hash}${ext}`));
    }
    return `/${published.get(name)}`;
  });

  eleventyConfig.on("eleventy.after", ({ directories }) => {
    for (const [name, target] of published) {
      const place = path.join(directories.output, target);
      mkdirSync(path.dirname(place), { recursive: true });
      copyFileSync(`assets/${name}`, place);
    }
  });
}
