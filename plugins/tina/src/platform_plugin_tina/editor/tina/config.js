// Tina's configuration for every site: what differs stands in the page, as data.
import { TinaMediaStore, defineConfig } from "tinacms";
import { gitHubLogin, ownStore } from "./own.js";

// The program that builds the editor reads this file too, where there is no page.
const PLACEHOLDER = {
  contentApiUrlOverride: "https://platform.invalid/api",
  build: { outputFolder: "admin", publicFolder: "public" },
  client: { skip: true },
  telemetry: "disabled",
  schema: {
    collections: [{ name: "pages", label: "Pages", path: "content", fields: [{ name: "title", label: "Title", type: "string" }] }],
  },
};

const isEmpty = (value) =>
  value === "" || value === null || value === undefined || (Array.isArray(value) && !value.length);

// A field that was emptied is left out of the file: `stock: ""` is not a number.
const withoutEmpty = (values, optional) => {
  const kept = { ...values };
  for (const name of optional) {
    const value = kept[name];
    if (value && typeof value === "object" && !Array.isArray(value)) {
      kept[name] = Object.fromEntries(Object.entries(value).filter(([, inner]) => !isEmpty(inner)));
      if (!Object.keys(kept[name]).length) delete kept[name];
    } else if (isEmpty(value)) {
      delete kept[name];
    }
  }
  return kept;
};

const slugOf = (title) =>
  String(title ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");

const fileName = (pattern) => (values) => {
  const date = new Date(values?.date || Date.now());
  const [year, month, day] = (Number.isNaN(date.getTime()) ? new Date() : date).toISOString().slice(0, 10).split("-");
  return pattern.replace(/\{(slug|year|month|day)\}/g, (_, key) => ({ slug: slugOf(values?.title), year, month, day })[key]);
};

const startingValues = (defaults) => () =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, value === "{now}" ? new Date().toISOString() : value]),
  );

const checked = (field, rule) => {
  if (!rule) return field;
  const pattern = new RegExp(rule.pattern);
  const validate = (value) => {
    if (isEmpty(value)) return field.required ? "Required" : undefined;
    return pattern.test(String(value)) ? undefined : rule.message;
  };
  return { ...field, ui: { ...field.ui, validate } };
};

// For a collection that TinaCloud still has and the site's content model no longer.
const PLAIN = { slug: "{slug}", defaults: {}, rules: {}, optional: [] };

// Where an entry is shown. A page that does not have it after all leads to the plain form, as site.js says.
const routerOf =
  ({ name, path }, { addresses }) =>
  ({ document }) => {
    const place = document._sys.breadcrumbs.join("/");
    const entry = [path.slice("content/".length), place].filter(Boolean).join("/");
    const address = addresses[entry] ?? `/${entry}/`;
    globalThis.platformTina.sought.set(encodeURI(address), { entry, form: `#/collections/edit/${name}/${place}` });
    return address;
  };

const collectionOf = (collection, form, pages) => ({
  ...collection,
  fields: collection.fields.map((field) => checked(field, form.rules[field.name])),
  ui: {
    ...collection.ui,
    ...(pages ? { router: routerOf(collection, pages) } : {}),
    filename: { readonly: false, slugify: fileName(form.slug) },
    defaultItem: startingValues(form.defaults),
    beforeSubmit: async ({ values }) => withoutEmpty(values, form.optional),
  },
});

// Tina's own store asks for /media at the origin, where the site's pictures are.
const localStore = (address, folder) =>
  class extends TinaMediaStore {
    constructor(client) {
      super({ api: { tina: client }, events: client.events });
    }

    setup() {
      super.setup();
      this.url = address;
    }

    localMediaFolder() {
      return `/${folder}/`;
    }
  };

const historyOf = ({ repository, folder, branch: own }) => ({
  historyUrl: ({ relativePath, branch }) => ({
    url: `https://github.com/${repository}/commits/${branch || own}/${[folder, relativePath].filter(Boolean).join("/")}`,
  }),
});

const storeOf = ({ config, media, service }) => (service ? ownStore : localStore)(media, config.media.tina.mediaRoot);

const configOf = (page) => {
  const { config, forms, history, media, pages, service } = page;
  return {
    ...config,
    ...(history ? { repoProvider: historyOf(history) } : {}),
    ...(service ? { contentApiUrlOverride: page.api, authProvider: gitHubLogin(page) } : {}),
    ...(media ? { media: { loadCustomStore: async () => storeOf(page) } } : {}),
    schema: {
      collections: config.schema.collections.map((collection) => collectionOf(collection, forms[collection.name] ?? PLAIN, pages)),
    },
  };
};

export default defineConfig(globalThis.platformTina ? configOf(globalThis.platformTina) : PLACEHOLDER);
