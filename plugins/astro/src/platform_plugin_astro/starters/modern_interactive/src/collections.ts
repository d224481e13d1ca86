import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { folder, neutral } from './lib/neutral';

/** Local time on the hill, such as 2026-12-12 20:00; YAML may have made a date of it. */
const moment = z
  .union([z.string(), z.date().transform((date) => date.toISOString())])
  .transform((text) => text.slice(0, 16).replace('T', ' '))
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/))
  .optional();

export const own = {
  programme: defineCollection({
    loader: folder('programme'),
    schema: neutral.extend({
      when: moment,
      ends: z.string().optional(),
      price: z.string().optional(),
      seats: z.coerce.number().optional(),
      language: z.string().optional(),
    }),
  }),
  instruments: defineCollection({
    loader: folder('instruments'),
    schema: neutral.extend({
      order: z.coerce.number().optional(),
      facts: z.record(z.string(), z.coerce.string()).default({}),
    }),
  }),
};
