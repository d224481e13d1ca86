// What Platform says of the site, and what the site says of itself.

import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface PlatformProduct {
  sku: string
  name: string
  price: string
  currency: string
  price_text: string
  url: string
  description: string
  image: string
  stock: number | null
  buy: string
}

export interface Platform {
  title: string
  locale: string
  baseUrl: string
  formEndpoint: string
  future: boolean
  shop: boolean
  fragments: Record<"head" | "body-end" | "navigation" | "footer", string>
  products: Record<string, PlatformProduct>
  routes: { path: string; label: string }[]
  translations: Record<string, { hreflang: string; href: string }[]>
}

// In the build's mirror, and in the site's folder after `platform up`.
const PLACES = [".platform/generated/data", ".platform/local/generated/data"]

function readJson(path: string): any {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}
}

export function readPlatform(): Platform {
  const folder = PLACES.find((place) => existsSync(join(place, "platform.json"))) ?? PLACES[0]!
  const data = readJson(join(folder, "platform.json"))
  const own = readJson(join(folder, "gatsby.json"))
  return {
    title: own.title || "",
    locale: own.locale || "",
    baseUrl: data.site?.base_url || "http://localhost:8000",
    formEndpoint: own.formEndpoint || "",
    future: own.future === true,
    shop: data.shop === true,
    fragments: { head: "", "body-end": "", navigation: "", footer: "", ...data.fragments },
    products: data.products ?? {},
    routes: data.routes ?? [],
    translations: data.translations ?? {},
  }
}

/** The site's own facts: data/site.json. */
export function readSiteFile(): Record<string, any> {
  const usual = { title: "", description: "", locale: "en", navigation: [], footer: [], address: [], email: "", phone: "" }
  return { ...usual, ...readJson("data/site.json") }
}
