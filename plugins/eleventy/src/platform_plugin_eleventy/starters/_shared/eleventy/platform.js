// What Platform tells the templates: title, address, slots and products. Without it (`npm start`) there are stand-ins.
import { existsSync, readFileSync } from "node:fs";

const FOLDER = ".platform/generated";

function read(path, otherwise) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : otherwise;
}

export const settings = read(`${FOLDER}/eleventy.json`, { future: false, form_endpoint: "", title: "", locale: "" });

const found = read(`${FOLDER}/data/platform.json`, {
  site: { domain: "localhost", base_url: "http://localhost:8080", stage: "local" },
  fragments: { head: "", "body-end": "", navigation: "", footer: "" },
  shop: false,
  products: {},
  routes: [],
  translations: {},
});
const own = read("data/site.json", {});

// What site.toml says comes first, then the starter's own data.
const title = settings.title || own.title || found.site.title;
const locale = settings.locale || own.locale || found.site.locale;

export const platform = { ...found, site: { ...found.site, title, locale } };
