import composition from 'platform:composition';

import { site } from '../site';

interface Link {
  name: string;
  path: string;
}

/** What a site says of itself on every page; src/site.ts has the values. */
export interface Site {
  /** Until site.toml has a title. */
  name: string;
  tagline: string;
  description: string;
  /** A schema.org type: who stands behind the site. */
  publisher: string;
  organization?: Record<string, unknown>;
  /** Shown where a page is shared that has no picture of its own; 1200 by 630. */
  image: string;
  menu: Link[];
  footer: Link[];
  /** One sentence for an address that leads nowhere. */
  missing: string;
}

export const name = composition.settings.title || site.name;
