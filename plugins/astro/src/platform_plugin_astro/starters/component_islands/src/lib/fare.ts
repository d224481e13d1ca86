/** What a ride costs; amounts are cents. Used on the server for the table and in the browser by the calculator. */
export interface Tariff {
  name: string;
  first: number;
  next: number;
  day: number;
}

export interface Fare {
  total: number;
  lines: { text: string; amount: number }[];
}

/** Full days cost the day's price; what is left over by hours never costs more than one more day. */
export function fare({ first, next, day }: Tariff, hours: number, member: boolean): Fare {
  const days = Math.floor(hours / 24);
  const rest = hours - days * 24;
  const byHour = rest ? first + (rest - 1) * next : 0;
  const lines: Fare['lines'] = [];
  if (days) lines.push({ text: days === 1 ? '1 day' : `${days} days`, amount: days * day });
  if (byHour > day) lines.push({ text: `${rest} hours, at the price of a day`, amount: day });
  else if (rest) lines.push({ text: rest === 1 ? '1 hour' : `${rest} hours`, amount: byHour });
  const sum = lines.reduce((all, line) => all + line.amount, 0);
  if (member) lines.push({ text: 'Harbour pass, a fifth off', amount: -Math.round(sum / 5) });
  return { total: lines.reduce((all, line) => all + line.amount, 0), lines };
}

export const euros = (cents: number, locale: string) =>
  new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(cents / 100);

export const spokenHours = (hours: number) => {
  const [days, rest] = [Math.floor(hours / 24), hours % 24];
  const parts = [days && (days === 1 ? '1 day' : `${days} days`), rest && (rest === 1 ? '1 hour' : `${rest} hours`)];
  return parts.filter(Boolean).join(' and ');
};
