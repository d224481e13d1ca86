/** The page as schema.org items. */
import composition from 'platform:composition';
import { site } from '../site';
import type { Crumb, Entry } from './content';
import { iso } from './dates';
import { name } from './site';
import type { Product } from './composition';

export interface About {
  path: string;
  title: string;
  description: string;
  image: string;
  entry?: Entry;
  product?: Product;
  crumbs: Crumb[];
}

const absolute = (path: string) => new URL(path, composition.site.base_url).href;
const { locale } = composition.site;

export function structured(about: About, more: object[]): string {
  const publisher = { '@type': site.publisher, '@id': absolute('/#publisher'), name, url: absolute('/') };
  const items: object[] = about.path === '/' ? home(publisher) : [breadcrumbs(about)];
  if (about.product) items.push(offer(about, about.product));
  else if (about.entry?.data.date) items.push(article(about, about.entry, publisher));
  // A closing tag in somebody's title must not end the script.
  return JSON.stringify({ '@context': 'https://schema.org', '@graph': [...items, ...more] }).replaceAll('<', '\\u003c');
}

function home(publisher: object): object[] {
  const website = { '@type': 'WebSite', '@id': absolute('/#website'), name, url: absolute('/'), inLanguage: locale };
  return [
    { ...publisher, ...site.organization },
    { ...website, description: site.description, publisher: { '@id': absolute('/#publisher') } },
  ];
}

function breadcrumbs({ crumbs, title, path }: About): object {
  const steps = [{ name, path: '/' }, ...crumbs, { name: title, path }];
  return {
    '@type': 'BreadcrumbList',
    itemListElement: steps.map((step, at) => ({
      '@type': 'ListItem',
      position: at + 1,
      name: step.name,
      item: absolute(step.path),
    })),
  };
}

function offer({ path, description, image }: About, { name, sku, price, currency, stock, ...product }: Product): object {
  const availability = stock === 0 ? 'OutOfStock' : 'InStock';
  return {
    '@type': 'Product',
    name,
    sku,
    description: product.description || description,
    ...(image ? { image: absolute(image) } : {}),
    offers: { '@type': 'Offer', price, priceCurrency: currency, url: absolute(path), availability: `https://schema.org/${availability}` },
  };
}

function article({ path, title, description, image }: About, { data }: Entry, publisher: object): object {
  return {
    '@type': 'Article',
    headline: title.slice(0, 110),
    description,
    datePublished: iso(data.date!),
    dateModified: iso(data.updated ?? data.date!),
    mainEntityOfPage: absolute(path),
    inLanguage: data.locale ?? locale,
    ...(image ? { image: absolute(image) } : {}),
    publisher,
  };
}
