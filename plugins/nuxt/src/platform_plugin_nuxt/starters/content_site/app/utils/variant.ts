import type { Component } from 'vue'
import type { Page, SiteData } from '#shared/types/site'
import { ViewHome, ViewRoute, ViewRoutes } from '#components'

export const views: Record<string, Component> = {
  ...usualViews,
  'home': ViewHome,
  'routes section': ViewRoutes,
  'routes entry': ViewRoute,
}

/** A route is a trip with its places, for search engines. */
export function structuredData(site: SiteData, page: Page): Record<string, unknown>[] {
  const profile = (site.data.profiles as Record<string, Profile> | undefined)?.[page.slug]
  if (!profile || page.collection !== 'routes' || page.kind !== 'entry') return []
  const places = profile.stops.map((stop, index) => ({ '@type': 'ListItem', 'position': index + 1, 'name': page.locale === 'de' ? stop.de : stop.en }))
  return [{ '@type': 'TouristTrip', 'name': page.title, 'description': page.description, 'inLanguage': page.locale, 'itinerary': { '@type': 'ItemList', 'itemListElement': places } }]
}
