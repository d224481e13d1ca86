import syntaxHighlight from "@11ty/eleventy-plugin-syntaxhighlight";
import { rssPlugin } from "@11ty/eleventy-plugin-rss";

import assets from "./eleventy/assets.js";
import content from "./eleventy/content.js";
import filters from "./eleventy/filters.js";
import images from "./eleventy/images.js";
import markdown from "./eleventy/markdown.js";
import { platform, settings } from "./eleventy/platform.js";

export default function (eleventyConfig) {
  eleventyConfig.addGlobalData("platform", () => platform);
  eleventyConfig.addGlobalData("settings", () => settings);

  // The mirror of the site's folder may be inside a folder that git ignores.
  eleventyConfig.setUseGitIgnore(false);
  for (const name of ["*.md", "static", "assets", ".platform", ".cache"]) eleventyConfig.ignores.add(name);
  eleventyConfig.addPassthroughCopy({ static: "/" });
  eleventyConfig.addWatchTarget("assets/");

  eleventyConfig.addPlugin(rssPlugin);
  eleventyConfig.addPlugin(syntaxHighlight, { preAttributes: { tabindex: 0 } });
  eleventyConfig.addPlugin(markdown);
  eleventyConfig.addPlugin(content);
  eleventyConfig.addPlugin(filters);
  eleventyConfig.addPlugin(assets);
  eleventyConfig.addPlugin(images);
}

export const config = {
  templateFormats: ["md", "njk"],
  // What people write in an editor is text, not a program.
  markdownTemplateEngine: false,
  dir: { input: ".", includes: "_includes", data: "data", output: "_site" },
};
