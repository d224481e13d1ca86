import season from '../../data/season.json';
import { addDays, nightOf, type Night } from './sky';

/** The dates on which the dome is open, from data/season.json. */
export function openDates(): string[] {
  const dates: string[] = [];
  for (let date = season.from; date <= season.to; date = addDays(date, 1)) {
    if (season.weekdays.includes(new Date(`${date}T12:00:00Z`).getUTCDay())) dates.push(date);
  }
  return dates;
}

export const openNights = (): Night[] => openDates().map(nightOf);
