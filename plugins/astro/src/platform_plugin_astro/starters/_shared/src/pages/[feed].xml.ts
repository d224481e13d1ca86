import rss from '@astrojs/rss';
import type { APIRoute } from 'astro';
import composition from 'platform:composition';
import { address, dated, title } from '../lib/content';
import { summary } from '../lib/prose';
import { name } from '../lib/site';
import { site as own } from '../site';

const LIMIT = 30;

/** There is a feed when there are dated entries. */
export async function getStaticPaths() {
  return (await dated()).length ? [{ params: { feed: 'rss' } }] : [];
}

/** Newest first, with the whole text; addresses are absolute, since readers show it elsewhere. */
export const GET: APIRoute = async ({ site }) => {
  const base = new URL('/', site).href;
  const items = (await dated()).slice(0, LIMIT).map((entry) => {
    const html = entry.rendered?.html ?? '';
    return {
      title: title(entry),
      link: new URL(address(entry), base).href,
      pubDate: entry.data.date,
      description: entry.data.description || summary(html),
      categories: [...entry.data.categories, ...entry.data.tags],
      content: html
        .replace(/ (?:style|srcset|sizes)="[^"]*"/g, '')
        .replace(/ (href|src)="\/(?!\/)/g, ` $1="${base}`),
    };
  });
  return rss({
    title: name,
    description: own.description,
    site: base,
    items,
    trailingSlash: false,
    xmlns: { atom: 'http://www.w3.org/2005/Atom' },
    customData: [
      `<language>${composition.site.locale}</language>`,
      `<atom:link href="${base}rss.xml" rel="self" type="application/rss+xml"/>`,
    ].join(''),
  });
};
