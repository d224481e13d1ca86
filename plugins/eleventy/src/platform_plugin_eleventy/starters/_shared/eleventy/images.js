// Pictures of static/ become WebP in several widths, in Markdown and in templates. They are made once and kept in .cache/.
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";

import { eleventyImageTransformPlugin } from "@11ty/eleventy-img";

const CACHE = ".cache/images";
const PUBLIC = "/_images/";
const MADE = /\/_images\/([\w-]+\.webp)/g;
const RASTER = /\.(?:png|jpe?g|webp|avif|tiff?)$/i;

/** Lead the official transform to static/, and away from what it can't resize: drawings, other sites, what is missing. */
function findSources() {
  return (tree) => {
    tree.match({ tag: "img" }, (node) => {
      const source = node.attrs?.src ?? "";
      const file = decodeURI(source.replace(/[?#].*$/, ""));
      if (file.startsWith("/") && RASTER.test(file) && existsSync(`static${file}`)) {
        node.attrs = { ...node.attrs, src: `/static${file}`, alt: node.attrs.alt ?? "" };
      } else if (node.attrs) {
        node.attrs["eleventy:ignore"] = "";
      }
      return node;
    });
    return tree;
  };
}

export default function (eleventyConfig) {
  eleventyConfig.addPlugin(eleventyImageTransformPlugin, {
    formats: ["webp"],
    widths: [480, 800, 1200, "auto"],
    urlPath: PUBLIC,
    outputDir: CACHE,
    transformOnRequest: false,
    htmlOptions: {
      imgAttributes: { loading: "lazy", decoding: "async", sizes: "(min-width: 64rem) 62rem, 100vw" },
    },
  });
  eleventyConfig.htmlTransformer.addPosthtmlPlugin("html", findSources, { priority: 1 });

  // Only what pages name: the cache may hold pictures of earlier builds.
  eleventyConfig.on("eleventy.after", ({ directories, results }) => {
    const used = new Set(results.flatMap(({ content }) => [...String(content).matchAll(MADE)].map((found) => found[1])));
    const folder = path.join(directories.output, PUBLIC);
    if (used.size) mkdirSync(folder, { recursive: true });
    for (const name of used) copyFileSync(path.join(CACHE, name), path.join(folder, name));
  });
}
