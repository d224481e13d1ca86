/** The words that templates bring themselves, by language. */
export interface Words {
  home: string
  skip: string
  main: string
  breadcrumb: string
  newer: string
  older: string
  pageOf: (page: number, pages: number) => string
  missing: string
  missingLead: string
  tags: string
  categories: string
  products: string
  seeAll: string
  inStock: (count: number) => string
  soldOut: string
  updated: string
  search: string
  searchLabel: string
  searchWithout: string
  searchNothing: (query: string) => string
  searchFound: (count: number) => string
  about: (term: string, site: string) => string
  language: string
}

const en: Words = {
  home: 'Home',
  skip: 'Skip to content',
  main: 'Main',
  breadcrumb: 'Breadcrumb',
  newer: 'Newer',
  older: 'Older',
  pageOf: (page, pages) => `Page ${page} of ${pages}`,
  missing: 'This page is not here',
  missingLead: 'The address may be old, or was typed with a slip. These pages are there:',
  tags: 'Tags',
  categories: 'Categories',
  products: 'Shop',
  seeAll: 'See everything',
  inStock: count => `Only ${count} left.`,
  soldOut: 'Sold out.',
  updated: 'Updated',
  search: 'Search',
  searchLabel: 'Search this site',
  searchWithout: 'The search needs JavaScript. Without it, these lists lead to every page:',
  searchNothing: query => `Nothing found for “${query}”.`,
  searchFound: count => count === 1 ? '1 page found' : `${count} pages found`,
  about: (term, site) => `Everything about ${term} at ${site}.`,
  language: 'Language',
}

const de: Words = {
  home: 'Start',
  skip: 'Zum Inhalt',
  main: 'Hauptmenü',
  breadcrumb: 'Brotkrumen',
  newer: 'Neuere',
  older: 'Ältere',
  pageOf: (page, pages) => `Seite ${page} von ${pages}`,
  missing: 'Diese Seite gibt es nicht',
  missingLead: 'Die Adresse ist vielleicht alt oder vertippt. Diese Seiten gibt es:',
  tags: 'Schlagwörter',
  categories: 'Rubriken',
  products: 'Laden',
  seeAll: 'Alles ansehen',
  inStock: count => `Nur noch ${count} da.`,
  soldOut: 'Ausverkauft.',
  updated: 'Aktualisiert',
  search: 'Suche',
  searchLabel: 'Diese Seiten durchsuchen',
  searchWithout: 'Die Suche braucht JavaScript. Ohne führen diese Listen zu jeder Seite:',
  searchNothing: query => `Nichts gefunden für „${query}“.`,
  searchFound: count => count === 1 ? '1 Seite gefunden' : `${count} Seiten gefunden`,
  about: (term, site) => `Alles über ${term} bei ${site}.`,
  language: 'Sprache',
}

export function wordsFor(locale: string | undefined): Words {
  return (locale ?? '').toLowerCase().startsWith('de') ? de : en
}

/** Write a date as people of the language do; the same in every time zone. */
export function dateText(iso: string, locale: string): string {
  const time = Date.parse(iso)
  if (Number.isNaN(time)) return iso
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { dateStyle: 'long', timeZone: 'UTC' }).format(time)
}
