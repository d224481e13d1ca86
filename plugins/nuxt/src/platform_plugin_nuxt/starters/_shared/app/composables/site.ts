import type { Item, Page, SiteData } from '#shared/types/site'

/** What stands around every page; fetched once. */
export async function useSite(): Promise<SiteData> {
  const { data } = await useAsyncData('site', () => $fetch<SiteData>('/api/site'))
  return data.value as SiteData
}

/** The language of the address that is shown: that of the site, unless the address begins with another one. */
export function useLocale(site: SiteData) {
  const route = useRoute()
  return computed(() => site.locales.find(name => route.path.startsWith(`/${name}/`)) ?? site.locale)
}

/** The page at the current address. */
export async function usePage(): Promise<Page> {
  const path = useRoute().path
  const translations = useState<Page['translations']>('translations', () => [])
  const { data, error } = await useAsyncData(`page:${path}`, () => fetchPage(path))
  if (error.value || !data.value) throw createError({ statusCode: 404, statusMessage: 'Not found', fatal: import.meta.client })
  translations.value = data.value.translations
  return data.value as Page
}

/**
 * Where the page that is shown is in other languages, for what stands around pages. On the server that is
 * rendered before the page, so it is asked for here; in the browser each page says it.
 */
export async function useTranslations() {
  const translations = useState<Page['translations']>('translations', () => [])
  if (import.meta.server) {
    const path = useRoute().path
    const { data } = await useAsyncData(`page:${path}`, () => fetchPage(path))
    translations.value = data.value?.translations ?? []
  }
  return translations
}

function fetchPage(path: string) {
  return $fetch<Page>('/api/page', { query: { path } })
}

/** What lists of one collection show, in order. */
export async function useEntries(collection: string, locale = ''): Promise<Item[]> {
  const { data } = await useAsyncData(`entries:${collection}:${locale}`, () => $fetch<Item[]>('/api/entries', { query: { collection, locale } }))
  return (data.value ?? []) as Item[]
}
