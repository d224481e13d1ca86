// What a value looks like on the page, told from how the page showed the one before.
const TRIES = 20;
const WAIT_MS = 1000;
const STYLES = ["long", "medium", "full", "short"];

const isEmpty = (value) => value === null || value === undefined || value === "";

// Of Tina's own and not of the text: numbers of blocks, and where a value came from.
const ADDED = new Set(["id", "_content_source"]);

const plain = (value) => JSON.stringify(value, (key, inner) => (ADDED.has(key) ? undefined : inner));

export const same = (one, other) => (isEmpty(one) && isEmpty(other)) || plain(one) === plain(other);

// The rich text editor ends with an empty paragraph, the file does not.
const isBlank = ({ type, children = [] }) => type === "p" && children.every(({ text }) => text === "");

const blocksOf = (content) => {
  const blocks = [...(content?.children ?? [])];
  while (blocks.length && isBlank(blocks.at(-1))) blocks.pop();
  return blocks;
};

/**
 * Return what of a text has changed, with copies of the site's own elements before and after it.
 * The site shows pictures and code in its own way, and whatever nobody touched stays like that.
 */
export function changedBlocks(element, saved, value) {
  const [old, now] = [blocksOf(saved), blocksOf(value)];
  const own = [...element.children];
  if (own.length !== old.length) return { before: [], changed: now, after: [] };
  const most = Math.min(old.length, now.length);
  let before = 0;
  while (before < most && same(old[before], now[before])) before += 1;
  let after = 0;
  while (after < most - before && same(old.at(-1 - after), now.at(-1 - after))) after += 1;
  const copies = own.map((item) => item.cloneNode(true));
  return { before: copies.slice(0, before), changed: now.slice(before, now.length - after), after: copies.slice(own.length - after) };
}

/** Write a date as the page wrote the one before. */
export function dateLike(text, saved, value) {
  const language = document.documentElement.lang || "en";
  const ways = [language, "en-GB", "en-US"].flatMap((locale) =>
    STYLES.map((dateStyle) => new Intl.DateTimeFormat(locale, { dateStyle, timeZone: "UTC" })),
  );
  const written = (way, moment) => {
    const date = new Date(moment);
    return Number.isNaN(date.getTime()) ? "" : way.format(date);
  };
  return written(ways.find((way) => written(way, saved) === text.trim()) ?? ways[0], value);
}

/** Show another picture, once the site has it: one that was uploaded a moment ago is published by the next build. */
export function showPicture(twin, value, tries = TRIES) {
  const source = new URL(value || "#", location.href);
  const image = twin.matches("img") ? twin : twin.querySelector("img");
  if (!image || !value || source.origin !== location.origin) return;
  const probe = new Image();
  probe.addEventListener("load", () => {
    for (const item of twin.querySelectorAll("source")) item.remove();
    for (const name of ["srcset", "sizes", "width", "height"]) image.removeAttribute(name);
    image.src = source.href;
  });
  probe.addEventListener("error", () => {
    if (tries && twin.isConnected) setTimeout(() => showPicture(twin, value, tries - 1), WAIT_MS);
  });
  probe.src = source.href;
}
