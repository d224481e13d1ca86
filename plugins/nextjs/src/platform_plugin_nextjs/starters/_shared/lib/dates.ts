import { site } from "@/lib/platform";

/** A date as people of the site's language write it. */
export function longDate(date: Date): string {
  return new Intl.DateTimeFormat(english(), { dateStyle: "long", timeZone: "UTC" }).format(date);
}

export function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Plain "en" would mean the order of the United States. */
export function english(): string {
  return site.locale === "en" ? "en-GB" : site.locale;
}
