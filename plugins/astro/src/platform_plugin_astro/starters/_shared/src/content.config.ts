import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { own } from './collections';
import { ownFolders } from './folders';
import { neutral } from './lib/neutral';

/** Every Markdown file below content/ is a page; folders with fields of their own are collections in collections.ts. */
const entries = defineCollection({
  loader: glob({
    base: './content',
    pattern: ['**/*.md', ...ownFolders.map((folder) => `!${folder}/**`)],
    generateId: ({ entry }) => entry.replace(/\.md$/, ''),
  }),
  schema: neutral,
});

export const collections = { entries, ...own };
