export type Point = [kilometre: number, metres: number]
export interface Stop { km: number, kind: string, en: string, de: string }
export interface Profile { km: number, minutes: number, checked: string, water: Point[], path?: Point[], stops: Stop[] }
/** What a drawing spans: kilometres to the right, metres from the lowest point up. */
export interface Scale { km: number, low: number, span: number }

/** The scale in which several profiles can be compared. */
export function commonScale(profiles: Profile[]): { km: number, span: number } {
  const spans = profiles.map(profile => heightOf(profile, 'high') - heightOf(profile, 'low'))
  return { km: Math.max(...profiles.map(profile => profile.km)), span: Math.max(12, ...spans) * 1.25 }
}

export function scaleOf(profile: Profile, common?: { km: number, span: number }): Scale {
  const { km, span } = common ?? commonScale([profile])
  return { km, low: heightOf(profile, 'low') - span * 0.16, span }
}

export function heightOf(profile: Profile, which: 'low' | 'high'): number {
  const heights = [...profile.water, ...profile.path ?? []].map(([, metres]) => metres)
  return which === 'low' ? Math.min(...heights) : Math.max(...heights)
}

/** Metres that the path climbs and falls. */
export function climbOf(profile: Profile): { up: number, down: number } {
  const line = profile.path ?? profile.water
  const steps = line.slice(1).map(([, metres], index) => metres - line[index]![1])
  const sum = (values: number[]) => Math.round(values.reduce((total, value) => total + value, 0))
  return { up: sum(steps.filter(step => step > 0)), down: -sum(steps.filter(step => step < 0)) || 0 }
}

export function locksOf(profile: Profile): number {
  return profile.water.slice(1).filter(([km], index) => km === profile.water[index]![0]).length
}

/** Height of the path at a kilometre. */
export function heightAt(profile: Profile, km: number): number {
  const line = profile.path ?? profile.water
  const next = line.findIndex(([at]) => at >= km)
  const [b, a] = [line[next] ?? line.at(-1)!, line[Math.max(0, next - 1)]!]
  return b[0] === a[0] ? Math.max(a[1], b[1]) : a[1] + (b[1] - a[1]) * (km - a[0]) / (b[0] - a[0])
}

export function duration(minutes: number): string {
  const rest = minutes % 60
  return `${Math.floor(minutes / 60)} h${rest ? ` ${String(rest).padStart(2, '0')}` : ''}`
}
