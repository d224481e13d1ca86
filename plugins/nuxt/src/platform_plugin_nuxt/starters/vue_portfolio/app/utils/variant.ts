import type { Component } from 'vue'
import type { Page, SiteData } from '#shared/types/site'
import { ViewContact, ViewCv, ViewGel, ViewGels, ViewHome, ViewProduction, ViewProductions } from '#components'

export const views: Record<string, Component> = {
  ...usualViews,
  'home': ViewHome,
  'cv': ViewCv,
  'contact': ViewContact,
  'terms': ViewGels,
  'term': ViewGel,
  'productions section': ViewProductions,
  'productions entry': ViewProduction,
}

/** A production is a creative work of the person whom the site is about. */
export function structuredData(site: SiteData, page: Page): Record<string, unknown>[] {
  if (page.collection !== 'productions' || page.kind !== 'entry') return []
  return [{ '@type': 'CreativeWork', 'name': page.title, 'description': page.description, 'dateCreated': page.date, 'image': page.social?.url, 'contributor': { '@id': `${site.baseUrl}/#publisher` }, 'locationCreated': { '@type': 'Place', 'name': page.data.house } }]
}
