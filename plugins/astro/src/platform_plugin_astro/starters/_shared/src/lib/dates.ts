import composition from 'platform:composition';

/** Dates of entries are days, not moments: they are shown as they are written. */
export const day = (date: Date, options: Intl.DateTimeFormatOptions = { dateStyle: 'long' }) =>
  new Intl.DateTimeFormat(composition.site.locale, { timeZone: 'UTC', ...options }).format(date);

export const iso = (date: Date) =>
  date.toISOString().endsWith('T00:00:00.000Z') ? date.toISOString().slice(0, 10) : date.toISOString();
