import { existsSync, readdirSync } from 'node:fs';
import aws from '@astro-aws/adapter';
import preact from '@astrojs/preact';
import sitemap, { type SitemapItem } from '@astrojs/sitemap';
import svelte from '@astrojs/svelte';
import type { ShikiConfig } from 'astro';
import { defineConfig } from 'astro/config';
import platform, { composition } from './integrations/platform';

const { site } = composition();
const server = site.rendering === 'server';

/** A framework takes part when there is an island of it: each one brings a client. */
const islands = existsSync('src/islands') ? readdirSync('src/islands') : [];
const uses = (ending: string) => islands.some((name) => name.endsWith(ending));

/** By default a line is given up after half a second, so a busy machine would colour it in another way. */
const unhurried: NonNullable<ShikiConfig['transformers']>[number] = {
  name: 'unhurried',
  preprocess(_, options) {
    options.tokenizeTimeLimit = 0;
  },
};

const withFileNames = (item: SitemapItem): SitemapItem => ({ ...item, url: item.url.replace(/\.html\/$/, '.html') });

export default defineConfig({
  site: site.base_url,
  publicDir: './static',
  output: 'static',
  adapter: server ? aws() : undefined,
  // The function redirects to the form that the files have.
  trailingSlash: server ? 'always' : 'ignore',
  build: { format: 'directory', inlineStylesheets: 'never' },
  markdown: { shikiConfig: { theme: 'css-variables', transformers: [unhurried] } },
  integrations: [uses('.tsx') && preact(), uses('.svelte') && svelte(), sitemap({ serialize: withFileNames }), platform()],
  devToolbar: { enabled: false },
  // The site's policy refuses data: addresses.
  vite: { build: { assetsInlineLimit: 0 } },
});
