import type { CollectionEntry } from 'astro:content';
import { inFolder } from './content';

export type Evening = CollectionEntry<'programme'>;

/** What is on, in the order in which it happens. */
export async function evenings(): Promise<Evening[]> {
  const all = (await inFolder('programme')) as Evening[];
  return all.sort((one, other) => ((one.data.when ?? '') < (other.data.when ?? '') ? -1 : 1));
}

const show = (when: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(Date.parse(`${when.replace(' ', 'T')}:00Z`));

/** A moment in parts: Fri, 4, December, 20:00. */
export const parts = (when: string) => ({
  weekday: show(when, { weekday: 'short' }),
  day: show(when, { day: 'numeric' }),
  month: show(when, { month: 'long' }),
  year: when.slice(0, 4),
  time: when.slice(11),
});
