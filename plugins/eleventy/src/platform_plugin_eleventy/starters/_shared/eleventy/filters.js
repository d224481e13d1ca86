// Filters of the templates.
import { place } from "./content.js";
import { platform } from "./platform.js";
import { meta } from "./meta.js";

const absolute = (path) => new URL(path, `${platform.site.base_url}/`).href;
const locale = () => platform.site.locale || "en";
const formats = new Map();

const asDate = (value) => (value === undefined || value === null ? null : new Date(value));

function written(value, style) {
  if (!asDate(value)) return "";
  const key = `${locale()} ${style}`;
  const options = { timeZone: "UTC", day: "numeric", month: style === "short" ? "short" : "long", year: "numeric" };
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale() === "en" ? "en-GB" : locale(), options));
  return formats.get(key).format(asDate(value));
}

/** Remember what was worked out for a collection: every page asks again, and it is the same for all of them. */
function once(work) {
  const done = new WeakMap();
  return (items, ...rest) => {
    if (!done.has(items)) done.set(items, new Map());
    const known = done.get(items);
    const key = rest.join("\0");
    if (!known.has(key)) known.set(key, work(items, ...rest));
    return known.get(key);
  };
}

const titles = once((all) => new Map(all.map((item) => [item.url, item.data.title])));

const of = once((entries, name) =>
  entries.filter((item) => {
    const where = place(item.inputPath);
    return !where.isIndex && where.collection === name;
  }),
);

/** The pages above one page, by its address, as far as they exist. */
function breadcrumbs(url, all) {
  const known = titles(all);
  const parts = url.split("/").filter(Boolean).slice(0, -1);
  const above = parts.map((_, at) => `/${parts.slice(0, at + 1).join("/")}/`).filter((path) => known.has(path));
  return above.map((path) => ({ url: path, title: known.get(path) }));
}

export default function (eleventyConfig) {
  eleventyConfig.addFilter("absolute", absolute);
  eleventyConfig.addFilter("written", written);
  eleventyConfig.addFilter("isoDate", (value) => asDate(value)?.toISOString().slice(0, 10) ?? "");
  eleventyConfig.addFilter("breadcrumbs", breadcrumbs);
  eleventyConfig.addFilter("meta", function (_, all) {
    return meta(this.ctx, breadcrumbs(this.ctx.page.url || "/", all));
  });
  eleventyConfig.addFilter("json", (value) => JSON.stringify(value).replaceAll("<", "\\u003c"));
  eleventyConfig.addFilter("thousands", (number) => Number(number).toLocaleString(locale()));
  eleventyConfig.addFilter("first", (items, count) => items.slice(0, count));
  eleventyConfig.addFilter("except", (items, url) => items.filter((item) => item.url !== url));
  eleventyConfig.addFilter("withTopic", (items, name) => items.filter((item) => item.data.topics.includes(name)));

  eleventyConfig.addFilter("listed", (all) =>
    all.filter((item) => item.url && !item.data.unlisted).sort((a, b) => (a.url < b.url ? -1 : 1)),
  );

  // The entries of a collection, without the folder's own page.
  eleventyConfig.addFilter("of", of);
  // Menu entries whose page exists: a site may have other content than its starter.
  eleventyConfig.addFilter("reachable", (links, all) => {
    const known = titles(all);
    return (links ?? []).filter((link) => !link.url.startsWith("/") || known.has(link.url.replace(/#.*/, "")));
  });
  eleventyConfig.addFilter("neighbours", (items, url) => {
    const at = items.findIndex((item) => item.url === url);
    return at < 0 ? {} : { newer: items[at - 1], older: items[at + 1] };
  });
}
