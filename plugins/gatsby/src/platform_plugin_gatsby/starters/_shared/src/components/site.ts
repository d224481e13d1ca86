import { graphql, useStaticQuery } from "gatsby"

export interface Link {
  name: string | null
  path: string
}

export interface Site {
  title: string
  description: string
  locale: string
  siteUrl: string
  navigation: Link[]
  footer: Link[]
  address: string[]
  email: string
  phone: string
}

interface Data {
  site: { siteMetadata: Site }
  platform: { navigation: string; footer: string; formEndpoint: string; shop: boolean }
  dated: { totalCount: number }
  sold: { totalCount: number }
}

/** What every page knows: the site, the slots, and whether there is a feed and a shop. */
export function useSite() {
  const data: Data = useStaticQuery(graphql`
    query SiteData {
      site {
        siteMetadata {
          title
          description
          locale
          siteUrl
          navigation { name path }
          footer { name path }
          address
          email
          phone
        }
      }
      platform { navigation footer formEndpoint shop }
      dated: allEntry(filter: { date: { ne: null }, section: { eq: false }, collection: { ne: "products" } }) {
        totalCount
      }
      sold: allProduct { totalCount }
    }
  `)
  const sells = data.platform.shop && data.sold.totalCount > 0
  return { ...data.site.siteMetadata, slots: data.platform, hasFeed: data.dated.totalCount > 0, sells }
}
