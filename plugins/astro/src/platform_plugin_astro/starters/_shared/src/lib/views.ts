/** Which component of src/views shows a page. */
import type { AstroComponentFactory } from 'astro/runtime/server/index.js';
import type { Page } from './content';

interface View {
  default: AstroComponentFactory;
  /** A list's view that says so has pages; one without it shows all. */
  perPage?: number;
}

const views = import.meta.glob<View>('../views/*.astro', { eager: true });

/** A folder's own view if there is one, or else that of all pages of this kind. */
export function viewOf(page: Page): View {
  const kind = page.kind === 'term' ? 'list' : page.kind;
  const names = kind === 'entry' ? [page.folder, 'entry'] : [`${page.folder}.${kind}`, kind];
  return names.map((name) => views[`../views/${name}.astro`]).find((view) => view)!;
}
