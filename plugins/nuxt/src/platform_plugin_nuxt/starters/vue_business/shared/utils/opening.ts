export interface Span { from: string, to: string, kind: string }
export interface Day { day: number, name: string, short: string, spans: Span[] }
export interface Hours {
  timezone: string
  from: string
  to: string
  kinds: Record<string, string>
  week: Day[]
  closed: { date: string, why: string }[]
}

export interface State {
  /** The day of the week at the practice, 1 for Monday. */
  day: number
  /** Minutes since midnight at the practice. */
  minutes: number
  open?: { kind: string, until: string }
  next?: { day: string, from: string, kind: string }
  why?: string
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** Write 08:30 as 8:30, and 09:00 as 9:00. */
export function clock(time: string): string {
  return time.replace(/^0/, '')
}

/** Tell whether the practice is open at a moment, until when, or when it opens next. */
export function stateAt(hours: Hours, moment: Date): State {
  const { date, day, minutes } = wallClock(hours.timezone, moment)
  const spans = spansOn(hours, date, day)
  const current = spans.findIndex(span => minutesOf(span.from) <= minutes && minutes < minutesOf(span.to))
  const why = hours.closed.find(row => row.date === date)?.why
  if (current < 0) return { day, minutes, why, next: nextOpening(hours, moment) }
  let last = current
  while (spans[last + 1] && spans[last + 1]!.from === spans[last]!.to) last += 1
  return { day, minutes, open: { kind: spans[current]!.kind, until: clock(spans[last]!.to) } }
}

function nextOpening(hours: Hours, moment: Date): State['next'] {
  const now = wallClock(hours.timezone, moment)
  for (let ahead = 0; ahead < 14; ahead += 1) {
    const { date, day } = wallClock(hours.timezone, new Date(moment.getTime() + ahead * 86_400_000))
    const span = spansOn(hours, date, day).find(item => ahead > 0 || minutesOf(item.from) > now.minutes)
    if (!span) continue
    const name = hours.week.find(item => item.day === day)!.name
    return { day: ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : `on ${name}`, from: clock(span.from), kind: span.kind }
  }
}

function spansOn(hours: Hours, date: string, day: number): Span[] {
  if (hours.closed.some(row => row.date === date)) return []
  return hours.week.find(item => item.day === day)?.spans ?? []
}

function wallClock(timeZone: string, moment: Date): { date: string, day: number, minutes: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(moment).map(part => [part.type, part.value]))
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    day: DAYS.indexOf(parts.weekday ?? '') || 7,
    minutes: Number(parts.hour) * 60 + Number(parts.minute),
  }
}
