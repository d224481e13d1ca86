// Keeps of a file what nobody changed: Tina writes the whole file anew, with dates,
// quotes and bullets in its own manner. Only lines whose value changed are taken from it.
import { parseMDX, serializeMDX } from "@tinacms/mdx";
import yaml from "js-yaml";

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/** Split a file into front matter and the rest; null when it has no YAML at its top. */
export function split(text) {
  const match = FRONT_MATTER.exec(text);
  if (!match || match.index !== 0) return null;
  return { table: match[1], body: text.slice(match[0].length) };
}

/** Return key -> the lines that hold it and what stands before them, or null when they can't be told apart. */
function linesOf(table) {
  const found = new Map();
  let current = null;
  let pending = "";
  for (const line of table.split(/(?<=\n)/)) {
    const start = /^("[^"\n]*"|'[^'\n]*'|[^\s#'"\-[\]{}&*!|>%@`][^:\n]*?)[ \t]*:(?=[ \t\r\n]|$)/.exec(line);
    if (start) {
      const key = String(yaml.safeLoad(start[1]));
      if (found.has(key)) return null;
      current = { lead: pending, text: line };
      found.set(key, current);
      pending = "";
    } else if (!line.trim() || line.startsWith("#")) {
      // Part of the value above when more of it follows, else a remark on what follows.
      pending += line;
    } else if (current === null) {
      return null;
    } else {
      current.text += pending + line;
      pending = "";
    }
  }
  return { found, rest: pending };
}

/** One spelling for values that say the same. */
function plain(value) {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, plain(value[key])]));
  }
  return value;
}

const same = (one, other) => JSON.stringify(plain(one)) === JSON.stringify(plain(other));

/**
 * Read a table as its collection has it: what stands in a field for text is text, also `year: 2026`,
 * which YAML takes for a number and Tina then can neither list nor save.
 */
function read(table, collection) {
  const data = yaml.safeLoad(table) ?? {};
  const odd = (value) => ["number", "boolean"].includes(typeof value) || value instanceof Date;
  let written = null;
  for (const field of collection?.fields ?? []) {
    const name = field.nameOverride ?? field.name;
    const value = data[name];
    if (field.type !== "string" || !(odd(value) || (Array.isArray(value) && value.some(odd)))) continue;
    written ??= yaml.safeLoad(table, { schema: yaml.FAILSAFE_SCHEMA });
    data[name] = written[name];
  }
  return { data, changed: written !== null };
}

/** Return a file's text as Tina can read it. */
export function readable(text, collection) {
  const parts = split(text);
  if (!parts) return text;
  try {
    const { data, changed } = read(parts.table, collection);
    return changed ? `---\n${yaml.safeDump(data, { lineWidth: -1 })}---\n${parts.body}` : text;
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    return text;
  }
}

function mergeTables(before, after, collection) {
  const [old, fresh] = [read(before, collection).data, yaml.safeLoad(after) ?? {}];
  const lines = linesOf(before);
  if (!lines || [...lines.found.keys()].sort().join("\0") !== Object.keys(old).sort().join("\0")) return after;
  const added = Object.keys(fresh).filter((name) => !(name in old));
  const merged = [...lines.found.keys(), ...added].map((name) => {
    const { lead, text } = lines.found.get(name) ?? { lead: "", text: "" };
    if (!(name in fresh)) return lead;
    const kept = name in old && same(old[name], fresh[name]);
    const made = kept ? text : yaml.safeDump({ [name]: fresh[name] }, { lineWidth: -1 });
    return lead + (made.endsWith("\n") ? made : `${made}\n`);
  });
  const result = merged.join("") + lines.rest;
  // Whatever the lines looked like, the file must say what was saved.
  return same(read(result, collection).data, fresh) ? result : after;
}

/** What Tina makes of a body that nobody touched. */
function rewritten(body, field) {
  if (field.type !== "rich-text") return body;
  return serializeMDX(parseMDX(body, field, (url) => url), field, (url) => url) ?? "";
}

/** Return the body of *fresh*, or that of *old* when nobody touched it. */
function mergeBodies(old, fresh, collection) {
  const field = collection?.fields.find((item) => item.isBody);
  const text = fresh.replace(/^\n/, "");
  if (field && (text.trim() === old.trim() || text.trim() === String(rewritten(old, field)).trim())) return old;
  const lead = /^(?:[ \t]*\r?\n)*/.exec(old)[0];
  return text && lead + text.replace(/^\n+/, "").replace(/\n*$/, "\n");
}

/** Return *after* with everything of *before* that means the same. */
export function keepUntouched(before, after, collection) {
  const [old, fresh] = [split(before), split(after)];
  // A file in TOML is left to Tina.
  if (before.startsWith("+++") || after.startsWith("+++")) return after;
  const body = mergeBodies(old?.body ?? before, fresh?.body ?? after, collection);
  let table = fresh?.table ?? "";
  try {
    if (old && fresh) table = mergeTables(old.table, fresh.table, collection);
  } catch (error) {
    // YAML that this reader does not know stays as Tina wrote it.
    if (!(error instanceof yaml.YAMLException)) throw error;
  }
  const head = /^\s*(?:\{\})?\s*$/.test(table) && !old ? "" : `---\n${table}---\n`;
  const result = head + body;
  return /\r\n/.test(before) ? result.replace(/\r?\n/g, "\r\n") : result;
}
