import type { Component } from 'vue'
import type { Page, SiteData } from '#shared/types/site'

export const views: Record<string, Component> = { ...usualViews }

export function structuredData(_site: SiteData, _page: Page): Record<string, unknown>[] {
  return []
}
