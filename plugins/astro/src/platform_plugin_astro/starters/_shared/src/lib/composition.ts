/** What Platform tells templates; see "What the engine's templates see" in its architecture. */
export type Slot = 'head' | 'body-end' | 'navigation' | 'footer';

export interface Product {
  sku: string;
  name: string;
  price: string;
  currency: string;
  price_text: string;
  url: string;
  description: string;
  image: string;
  options: Record<string, string[]>;
  stock: number | null;
  weight: number | null;
  buy: string;
}

export interface Composition {
  site: {
    client: string;
    domain: string;
    title: string;
    locale: string;
    base_url: string;
    stage: 'local' | 'aws';
    rendering: 'static' | 'server';
  };
  fragments: Record<Slot, string>;
  shop: boolean;
  products: Record<string, Product>;
  routes: { path: string; label: string }[];
  translations: Record<string, { hreflang: string; href: string }[]>;
  settings: { future: boolean; form_endpoint: string; title: string };
}
