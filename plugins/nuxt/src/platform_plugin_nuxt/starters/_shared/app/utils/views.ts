import type { Component } from 'vue'
import type { Page } from '#shared/types/site'
import { NotFound, ViewEntry, ViewProduct, ViewSearch, ViewSection, ViewTerms } from '#components'

/** The component of each `layout`, of each collection's entries and sections, and of each kind of page. */
export const usualViews: Record<string, Component> = {
  'entry': ViewEntry,
  'section': ViewSection,
  'term': ViewSection,
  'terms': ViewTerms,
  'missing': NotFound,
  'search': ViewSearch,
  'products entry': ViewProduct,
}

export function pickView(views: Record<string, Component>, page: Page): Component {
  const names = [page.layout, `${page.collection} ${page.kind}`, page.kind]
  return names.map(name => views[name]).find(Boolean) ?? ViewEntry
}
