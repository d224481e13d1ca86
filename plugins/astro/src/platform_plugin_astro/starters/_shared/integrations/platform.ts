/*
 * What ties an Astro project to Platform: the data that `platform build` generates, pages that are
 * rendered when they are asked for, and names of files that other sites had before.
 */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import type { Composition } from '../src/lib/composition';

const PLACES = ['.platform/generated', '.platform/local/generated'];
const MODULE = 'platform:composition';

/** Return what core and the plugin say of the site; plain values when `astro dev` runs without Platform. */
export function composition(): Composition {
  const folder = PLACES.find((place) => existsSync(join(place, 'data/platform.json')));
  const read = (name: string) => JSON.parse(readFileSync(join(folder ?? '', name), 'utf-8'));
  const usual: Composition = {
    site: {
      client: 'site',
      domain: 'localhost',
      title: 'Site',
      locale: 'en',
      base_url: 'http://localhost:4321',
      stage: 'local',
      rendering: 'static',
    },
    fragments: { head: '', 'body-end': '', navigation: '', footer: '' },
    shop: false,
    products: {},
    routes: [],
    translations: {},
    settings: { future: false, form_endpoint: '', title: '' },
  };
  if (!folder) return usual;
  const own = existsSync(join(folder, 'astro.json')) ? read('astro.json') : {};
  return { ...usual, ...read('data/platform.json'), settings: { ...usual.settings, ...own } };
}

export default function platform(): AstroIntegration {
  const data = composition();
  const server = data.site.rendering === 'server';
  let outDir: URL;
  return {
    name: 'platform',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        updateConfig({ vite: { plugins: [virtualModule(data)] } });
      },
      'astro:config:done': ({ config }) => {
        outDir = config.outDir;
      },
      'astro:route:setup': ({ route }) => {
        // A static site has every page as a file, also those that say `prerender = false`.
        if (!server) route.prerender = true;
      },
      'astro:build:done': async ({ dir }) => {
        const client = fileURLToPath(dir);
        await useOneSitemap(client);
        await keepHtmlNames(client);
        if (server) await finishServer(client, fileURLToPath(new URL('lambda/', outDir)));
      },
    },
  };
}

function virtualModule(data: Composition) {
  return {
    name: MODULE,
    resolveId: (id: string) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id: string) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(data)}` : undefined),
  };
}

/** Up to 45,000 addresses are one file, so it needs no index and can have the usual name. */
async function useOneSitemap(client: string) {
  const names = (await readdir(client)).filter((name) => /^sitemap-.+\.xml$/.test(name));
  const target = join(client, 'sitemap.xml');
  if (names.length > 2) return rename(join(client, 'sitemap-index.xml'), target);
  if (names.includes('sitemap-0.xml')) await rename(join(client, 'sitemap-0.xml'), target);
  if (names.includes('sitemap-index.xml')) await unlink(join(client, 'sitemap-index.xml'));
}

/** An entry whose `url` ends with .html is that file, not a folder of this name. */
async function keepHtmlNames(client: string) {
  for (const entry of await readdir(client, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.endsWith('.html')) continue;
    const folder = join(entry.parentPath, entry.name);
    if ((await readdir(folder)).join() !== 'index.html') continue;
    await rename(join(folder, 'index.html'), `${folder}.page`);
    await rmdir(folder);
    await rename(`${folder}.page`, folder);
  }
}

/** Give the function the page for what is missing: Astro's own answer is two words of plain text. */
async function finishServer(client: string, lambda: string) {
  await copyFile(join(client, '404.html'), join(lambda, '404.html'));
  await copyFile(join(dirname(fileURLToPath(import.meta.url)), 'handler.mjs'), join(lambda, 'index.mjs'));
}
