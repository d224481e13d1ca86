import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { folder, neutral } from './lib/neutral';

export const own = {
  references: defineCollection({
    loader: folder('references'),
    schema: neutral.extend({
      client: z.string().optional(),
      place: z.string().optional(),
      year: z.coerce.string().optional(),
      height: z.coerce.number().optional(),
      days: z.coerce.number().optional(),
      people: z.coerce.number().optional(),
      order: z.coerce.number().optional(),
    }),
  }),
};
