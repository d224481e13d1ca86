import type { Component } from 'vue'
import type { Page, SiteData } from '#shared/types/site'
import { ViewAppointment, ViewHome, ViewHours, ViewNow, ViewPerson, ViewService, ViewServices, ViewTeam } from '#components'

export const views: Record<string, Component> = {
  ...usualViews,
  'home': ViewHome,
  'hours': ViewHours,
  'now': ViewNow,
  'appointment': ViewAppointment,
  'services section': ViewServices,
  'services entry': ViewService,
  'team section': ViewTeam,
  'team entry': ViewPerson,
}

/** On the front page search engines find where the practice is, and when it is open. */
export function structuredData(site: SiteData, page: Page): Record<string, unknown>[] {
  if (page.layout !== 'home') return []
  const { phone_link, email, address } = site.data.site
  const [street, town, code] = address
  const week = (site.data.hours as Hours).week
  return [{
    '@type': 'VeterinaryCare',
    '@id': `${site.baseUrl}/#practice`,
    'name': site.title,
    'url': `${site.baseUrl}/`,
    'telephone': String(phone_link).replace('tel:', ''),
    email,
    'address': { '@type': 'PostalAddress', 'streetAddress': street, 'addressLocality': town, 'postalCode': code, 'addressCountry': 'GB' },
    'openingHoursSpecification': week.flatMap(day => day.spans.map(span => (
      { '@type': 'OpeningHoursSpecification', 'dayOfWeek': `https://schema.org/${day.name}`, 'opens': span.from, 'closes': span.to }))),
  }]
}
