import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { folder, neutral } from './lib/neutral';

const cents = z.coerce.number().transform((euros) => Math.round(euros * 100));

export const own = {
  bikes: defineCollection({
    loader: folder('bikes'),
    schema: neutral.extend({
      order: z.coerce.number().optional(),
      load: z.coerce.number().default(0),
      length: z.coerce.string().optional(),
      seats: z.coerce.number().default(0),
      first_hour: cents.default(0),
      next_hour: cents.default(0),
      day: cents.default(0),
    }),
  }),
  stations: defineCollection({
    loader: folder('stations'),
    schema: neutral.extend({
      number: z.coerce.number().default(0),
      address: z.string().default(''),
      near: z.string().default(''),
      bikes: z.array(z.string()).default([]),
      places: z.coerce.number().default(0),
      // From the left and the top edge of the map, which is 100 by 60.
      x: z.coerce.number().default(50),
      y: z.coerce.number().default(30),
    }),
  }),
};
