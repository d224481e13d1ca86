// Runs in the editor's preview and nowhere else: has Tina open the forms of the entries that
// the page shows, and shows on the page what is typed there.
//
// It finds what to show by the page's own attributes: data-entry="posts/first" around an entry,
// data-field="title" on an element that shows one of its fields.
import React from "react";
import { createRoot } from "react-dom/client";
import { hashFromQuery, tinaField, useTina } from "tinacms/dist/react";
import { Field } from "./field.jsx";

const MOST_MS = 3000;
const STEP_MS = 50;
const editor = parent.platformTina;
const { collections } = editor.config.schema;

/** What Tina calls the entry of an element; null when it knows no such collection. */
function entryOf(element) {
  const parts = element.dataset.entry.split("/");
  const file = `${parts.pop()}.md`;
  const folder = ["content", ...parts].join("/");
  // Index pages belong to the engine; Tina does not know them.
  const collection = file.startsWith("_") ? null : collections.find(({ path }) => path === folder);
  return collection ? { collection, file } : null;
}

/** The query that Tina's own client would send. */
function queryOf({ name, fields }) {
  const names = fields.filter(({ type }) => type !== "object").map((field) => field.name);
  return `query ($relativePath: String!) { ${name}(relativePath: $relativePath) { ... on Document { id } ${names.join(" ")} } }`;
}

function Entry({ element, collection, file }) {
  const { name, fields } = collection;
  // The editor asks for the entry, with its own rights; the page asks nobody.
  const [asked] = React.useState(() => ({
    query: queryOf(collection),
    variables: { relativePath: file },
    data: { [name]: {} },
  }));
  const now = useTina(asked).data[name];
  const saved = React.useRef(null);
  saved.current ??= now._internalValues ?? null;

  React.useEffect(() => {
    const id = hashFromQuery(JSON.stringify({ query: asked.query, variables: asked.variables }));
    editor.open.add(id);
    return () => editor.open.delete(id);
  }, [asked]);

  const marked = [...element.querySelectorAll("[data-field]")].filter((item) => item.closest("[data-entry]") === element);
  return marked.map((item, place) => {
    const field = fields.find((known) => (known.nameOverride ?? known.name) === item.dataset.field);
    if (!field) return null;
    const address = tinaField(now, field.name);
    const values = saved.current ? { value: now[field.name], saved: saved.current[field.name] } : {};
    return <Field key={place} element={item} type={field.type} address={address} {...values} />;
  });
}

/** Wait until the site's own React has taken over an element: what it finds changed by then, it makes anew. */
async function settled(element) {
  for (let waited = 0; waited < MOST_MS; waited += STEP_MS) {
    if (Object.keys(element).some((key) => key.startsWith("__react"))) return;
    await new Promise((done) => setTimeout(done, STEP_MS));
  }
}

// A document that was left had no time to say so, and its forms would stay.
for (const id of editor.open) parent.postMessage({ type: "close", id }, location.origin);
editor.open.clear();

const root = createRoot(document.createElement("div"));
const numbers = new WeakMap();
let count = 0;
let shown = "";

function keyOf(element) {
  if (!numbers.has(element)) numbers.set(element, (count += 1));
  return `${numbers.get(element)} ${element.dataset.entry}`;
}

/** Follow the page: a link may change it without loading another document. */
async function look() {
  const found = [...document.querySelectorAll("[data-entry]")];
  const keys = found.map(keyOf).join("\n");
  if (keys === shown) return;
  shown = keys;
  await Promise.all(found.map(settled));
  if (keys !== shown) return;
  root.render(
    found.map((element) => {
      const entry = entryOf(element);
      return entry && <Entry key={keyOf(element)} element={element} {...entry} />;
    }),
  );
}

new MutationObserver(look).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-entry"],
});
look();
