const en = {
  length: 'Length', time: 'On foot', climb: 'Up and down', locks: 'Locks', surface: 'Surface', train: 'Getting there', checked: 'Walked by us',
  along: 'Along the way', kilometre: 'km', place: 'What is there', notes: 'Changed lately', allNotes: 'All notes', how: 'How we measure',
  howText: 'With a wheel, on foot, in wet shoes. A canal is level between two locks, so its profile has steps and no slopes.', about: 'About this guide',
  lines: { water: 'water', path: 'path', place: 'place on the way' },
  profile: (title: string, km: string, up: number, down: number, locks: number) => `Profile of ${title}: ${km} km, ${up} m up, ${down} m down, ${locks} locks.`,
  lockCount: (count: number) => count === 1 ? '1 lock' : `${count} locks`,
  previous: 'Before', next: 'Next', search: 'Find a place, a lock, a bird',
}

const de: typeof en = {
  length: 'Länge', time: 'Zu Fuß', climb: 'Auf und ab', locks: 'Schleusen', surface: 'Belag', train: 'Anreise', checked: 'Von uns gegangen',
  along: 'Unterwegs', kilometre: 'km', place: 'Was dort ist', notes: 'Was sich geändert hat', allNotes: 'Alle Notizen', how: 'Wie wir messen',
  howText: 'Mit dem Messrad, zu Fuß, in nassen Schuhen. Zwischen zwei Schleusen ist ein Kanal eben, darum hat sein Profil Stufen und keine Hänge.', about: 'Über diesen Führer',
  lines: { water: 'Wasser', path: 'Weg', place: 'Ort am Weg' },
  profile: (title, km, up, down, locks) => `Profil von ${title}: ${km} km, ${up} m hinauf, ${down} m hinab, ${locks} Schleusen.`,
  lockCount: count => count === 1 ? '1 Schleuse' : `${count} Schleusen`,
  previous: 'Davor', next: 'Weiter', search: 'Ort, Schleuse oder Vogel finden',
}

export function labelsFor(locale: string): typeof en {
  return locale === 'de' ? de : en
}

export function numberText(value: number, locale: string): string {
  return new Intl.NumberFormat(locale === 'de' ? 'de' : 'en-GB', { maximumFractionDigits: 1 }).format(value)
}
