import type { SiteData } from '#shared/types/site'

export interface Gel { name: string, colour: string, through: number, note: string }
export interface Cue { cue: string, on: string, does: string, time: string }

export function gelNamed(site: SiteData, name: string | undefined): Gel | undefined {
  return (site.data.gels?.gels as Gel[] | undefined)?.find(gel => gel.name === name)
}

/** The number on the sheet, and what follows it. */
export function gelParts(name: string): { number: string, title: string } {
  const [number = '', ...rest] = name.split(' ')
  return { number, title: rest.join(' ') }
}

export function yearOf(date: string): string {
  return date.slice(0, 4)
}
