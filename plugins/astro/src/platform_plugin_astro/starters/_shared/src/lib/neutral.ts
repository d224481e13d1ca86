import { glob } from 'astro/loaders';
import { z } from 'astro/zod';

const text = z.string().optional().catch(undefined);
const day = z
  .preprocess((value) => (typeof value === 'string' ? new Date(value) : value), z.date())
  .optional()
  .catch(undefined);
const terms = z.array(z.coerce.string()).catch([]);

/** The front matter that Platform knows, whatever the engine. Other keys are kept. */
export const neutral = z.looseObject({
  title: z.coerce.string().optional(),
  date: day,
  updated: day,
  description: text,
  draft: z.boolean().catch(false),
  locale: text,
  image: text,
  image_alt: text,
  url: text,
  tags: terms,
  categories: terms,
});

/** Load one folder below content/ with its own fields; ids are paths from content/, as for all entries. */
export const folder = (name: string) =>
  glob({
    base: './content',
    pattern: `${name}/**/*.md`,
    generateId: ({ entry }) => entry.replace(/\.md$/, ''),
  });
