/*
 * Sun, Moon and planets as seen from the hill, good to about a quarter of a degree: orbital elements by
 * E. M. Standish (JPL, valid 1800 to 2050), the Moon by the largest terms of its theory. Runs at build time,
 * on the server and in the browser.
 */

export const PLACE = { latitude: 50.47, longitude: 6.18, zone: 'Europe/Brussels' };
export const PLANETS = ['Mercury', 'Venus', 'Mars', 'Jupiter', 'Saturn'] as const;
export type Planet = (typeof PLANETS)[number];

/** Minutes from local noon of the date to local noon of the next day. */
export interface Span {
  from: number;
  to: number;
}

export interface Night {
  date: string;
  sunset: number;
  sunrise: number;
  dark: Span | null;
  moon: { lit: number; waxing: boolean; name: string; up: Span[] };
  planets: { name: Planet; seen: Span[]; best: { at: number; altitude: number; direction: string } | null }[];
}

interface Point {
  ra: number;
  dec: number;
}

const RAD = Math.PI / 180;
const DAY = 86_400_000;
const STEP = 5;
const J2000 = Date.UTC(2000, 0, 1, 12);
const LOWEST = 6;
const COMPASS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];
const sin = (degrees: number) => Math.sin(degrees * RAD);
const cos = (degrees: number) => Math.cos(degrees * RAD);
const turn = (degrees: number) => ((degrees % 360) + 360) % 360;

// a, e, i, L, long. of perihelion, long. of node; each with its change in a century.
const ELEMENTS: Record<Planet | 'Earth', number[][]> = {
  Mercury: [[0.38709927, 3.7e-7], [0.20563593, 1.906e-5], [7.00497902, -0.00594749], [252.2503235, 149472.67411175], [77.45779628, 0.16047689], [48.33076593, -0.12534081]],
  Venus: [[0.72333566, 3.9e-6], [0.00677672, -4.107e-5], [3.39467605, -7.889e-4], [181.9790995, 58517.81538729], [131.60246718, 0.00268329], [76.67984255, -0.27769418]],
  Earth: [[1.00000261, 5.62e-6], [0.01671123, -4.392e-5], [-1.531e-5, -0.01294668], [100.46457166, 35999.37244981], [102.93768193, 0.32327364], [0, 0]],
  Mars: [[1.52371034, 1.847e-5], [0.0933941, 7.882e-5], [1.84969142, -0.00813131], [-4.55343205, 19140.30268499], [-23.94362959, 0.44441088], [49.55953891, -0.29257343]],
  Jupiter: [[5.202887, -1.1607e-4], [0.04838624, -1.3253e-4], [1.30439695, -0.00183714], [34.39644051, 3034.74612775], [14.72847983, 0.21252668], [100.47390909, 0.20469106]],
  Saturn: [[9.53667594, -0.0012506], [0.05386179, -5.0991e-4], [2.48599187, 0.00193609], [49.95424423, 1222.49362201], [92.59887831, -0.41897216], [113.66242448, -0.28867794]],
};

const centuries = (time: number) => (time - J2000) / DAY / 36525;

function heliocentric(body: Planet | 'Earth', time: number): [number, number, number] {
  const t = centuries(time);
  const [a, e, i, l, perihelion, node] = ELEMENTS[body].map(([start, change]) => start! + change! * t) as [number, number, number, number, number, number];
  const mean = turn(l - perihelion) * RAD;
  let anomaly = mean + e * Math.sin(mean);
  for (let n = 0; n < 6; n += 1) anomaly -= (anomaly - e * Math.sin(anomaly) - mean) / (1 - e * Math.cos(anomaly));
  const x = a * (Math.cos(anomaly) - e);
  const y = a * Math.sqrt(1 - e * e) * Math.sin(anomaly);
  const w = perihelion - node;
  return [
    (cos(w) * cos(node) - sin(w) * sin(node) * cos(i)) * x + (-sin(w) * cos(node) - cos(w) * sin(node) * cos(i)) * y,
    (cos(w) * sin(node) + sin(w) * cos(node) * cos(i)) * x + (-sin(w) * sin(node) + cos(w) * cos(node) * cos(i)) * y,
    sin(w) * sin(i) * x + cos(w) * sin(i) * y,
  ];
}

function equatorial(x: number, y: number, z: number): Point {
  const tilt = 23.43928;
  const north = y * cos(tilt) - z * sin(tilt);
  const up = y * sin(tilt) + z * cos(tilt);
  return { ra: turn(Math.atan2(north, x) / RAD), dec: Math.atan2(up, Math.hypot(x, north)) / RAD };
}

export function planetAt(body: Planet, time: number): Point {
  const [ex, ey, ez] = heliocentric('Earth', time);
  const [x, y, z] = heliocentric(body, time);
  return equatorial(x - ex, y - ey, z - ez);
}

export function sunAt(time: number): Point {
  const [x, y, z] = heliocentric('Earth', time);
  return equatorial(-x, -y, -z);
}

/** Positions between a few that are computed: in a day planets move evenly enough for that, the Moon in two hours. */
function during(times: number[], place: (time: number) => Point, every = times.length - 1): Point[] {
  const known = times.filter((_, at) => at % every === 0).map(place);
  return times.map((_, at) => {
    const from = known[Math.floor(at / every)]!;
    const to = known[Math.floor(at / every) + 1] ?? from;
    const part = (at % every) / every;
    return { ra: from.ra + (turn(to.ra - from.ra + 180) - 180) * part, dec: from.dec + (to.dec - from.dec) * part };
  });
}

const sunLongitude = (time: number) => {
  const [x, y] = heliocentric('Earth', time);
  return turn(Math.atan2(-y, -x) / RAD);
};

function moonEcliptic(time: number): { longitude: number; latitude: number } {
  const t = centuries(time);
  const l = 218.3165 + 481267.8813 * t;
  const d = 297.8502 + 445267.1115 * t;
  const m = 357.5291 + 35999.0503 * t;
  const n = 134.9634 + 477198.8676 * t;
  const f = 93.2721 + 483202.0175 * t;
  const longitude =
    l + 6.289 * sin(n) + 1.274 * sin(2 * d - n) + 0.658 * sin(2 * d) + 0.214 * sin(2 * n) - 0.186 * sin(m) - 0.114 * sin(2 * f) +
    0.059 * sin(2 * d - 2 * n) + 0.057 * sin(2 * d - m - n) + 0.053 * sin(2 * d + n) + 0.046 * sin(2 * d - m) - 0.041 * sin(m - n);
  const latitude = 5.128 * sin(f) + 0.281 * sin(n + f) + 0.278 * sin(n - f) + 0.173 * sin(2 * d - f) + 0.055 * sin(2 * d - n + f);
  return { longitude: turn(longitude), latitude };
}

export function moonAt(time: number): Point {
  const { longitude, latitude } = moonEcliptic(time);
  return equatorial(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude));
}

/** How far the Moon is ahead of the Sun: 0 is new, 180 is full. */
export const elongation = (time: number) => turn(moonEcliptic(time).longitude - sunLongitude(time));

function horizontal({ ra, dec }: Point, time: number): { altitude: number; azimuth: number } {
  const hour = turn(280.46061837 + 360.98564736629 * ((time - J2000) / DAY) + PLACE.longitude - ra);
  const altitude = Math.asin(sin(PLACE.latitude) * sin(dec) + cos(PLACE.latitude) * cos(dec) * cos(hour)) / RAD;
  const azimuth = turn(Math.atan2(-sin(hour) * cos(dec), sin(dec) * cos(PLACE.latitude) - cos(dec) * sin(PLACE.latitude) * cos(hour)) / RAD);
  return { altitude, azimuth };
}

/** The moment at which clocks on the hill show noon on this date. */
function noon(date: string): number {
  const guess = Date.parse(`${date}T12:00:00Z`);
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone: PLACE.zone, hour: '2-digit', hourCycle: 'h23' }).format(guess);
  return guess - (Number(shown) - 12) * 3_600_000;
}

function spans(up: boolean[]): Span[] {
  const found: Span[] = [];
  up.forEach((is, at) => {
    if (is && !up[at - 1]) found.push({ from: at * STEP, to: at * STEP });
    if (is) found.at(-1)!.to = at * STEP;
  });
  return found.filter(({ from, to }) => to > from);
}

function phaseName(angle: number): string {
  const names = ['New Moon', 'Waxing crescent', 'First quarter', 'Waxing gibbous', 'Full Moon', 'Waning gibbous', 'Last quarter', 'Waning crescent'];
  // The four named moments last a day; between them it waxes or wanes.
  const near = [0, 90, 180, 270, 360].findIndex((moment) => Math.abs(angle - moment) < 7);
  return near >= 0 ? names[(near * 2) % 8]! : names[Math.floor(angle / 90) * 2 + 1]!;
}

/** Everything that the dial and the tables show of the night that begins on a date such as 2026-12-04. */
export function nightOf(date: string): Night {
  const start = noon(date);
  const times = Array.from({ length: (24 * 60) / STEP + 1 }, (_, at) => start + at * STEP * 60_000);
  const sun = during(times, sunAt).map((point, at) => horizontal(point, times[at]!).altitude);
  const isDark = sun.map((altitude) => altitude < -6);
  const night = spans(sun.map((altitude) => altitude < -0.83))[0] ?? { from: 720, to: 720 };
  const moon = during(times, moonAt, 120 / STEP).map((point, at) => horizontal(point, times[at]!).altitude > 0);
  const angle = elongation(start + DAY / 2);
  return {
    date,
    sunset: night.from,
    sunrise: night.to,
    dark: spans(isDark)[0] ?? null,
    moon: { lit: (1 - cos(angle)) / 2, waxing: angle < 180, name: phaseName(angle), up: spans(moon) },
    planets: PLANETS.map((name) => ({ name, ...visibility(name, times, isDark) })),
  };
}

function visibility(name: Planet, times: number[], isDark: boolean[]) {
  const points = during(times, (time) => planetAt(name, time));
  const places = points.map((point, at) => horizontal(point, times[at]!));
  const seen = places.map(({ altitude }, at) => isDark[at]! && altitude > LOWEST);
  const highest = seen.reduce((top, is, at) => (is && (top < 0 || places[at]!.altitude > places[top]!.altitude) ? at : top), -1);
  const best = places[highest];
  const direction = best ? COMPASS[Math.round(best.azimuth / 45) % 8]! : '';
  return { seen: spans(seen), best: best ? { at: highest * STEP, altitude: Math.round(best.altitude), direction } : null };
}

/** Minutes after noon as people say it: 21:05. */
export function clock(minutes: number): string {
  const past = (minutes + 12 * 60) % (24 * 60);
  return `${String(Math.floor(past / 60)).padStart(2, '0')}:${String(past % 60).padStart(2, '0')}`;
}

export const spoken = (all: Span[]) => all.map(({ from, to }) => `${clock(from)} to ${clock(to)}`).join(', ');

export function longDate(date: string, options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }) {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(Date.parse(`${date}T12:00:00Z`));
}

/** The date on the hill now; until six in the morning it is still the night of the evening before. */
export function today(now = Date.now()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: PLACE.zone }).format(now - 6 * 3_600_000);
}

export const addDays = (date: string, days: number) => new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);

export const isDate = (text: string | null): text is string =>
  !!text && /^(19|20)\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00Z`)) && text >= '1900-01-01' && text < '2050-01-01';
