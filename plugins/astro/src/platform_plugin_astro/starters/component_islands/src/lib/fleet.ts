import type { CollectionEntry } from 'astro:content';
import { address, inFolder, title } from './content';
import type { Tariff } from './fare';

export type Bike = CollectionEntry<'bikes'>;

export interface Place {
  number: number;
  name: string;
  path: string;
  address: string;
  near: string;
  bikes: string[];
  places: number;
  x: number;
  y: number;
}

export const bikes = async () => (await inFolder('bikes')) as Bike[];

export const tariffs = async (): Promise<Tariff[]> =>
  (await bikes()).map((bike) => ({
    name: title(bike),
    first: bike.data.first_hour,
    next: bike.data.next_hour,
    day: bike.data.day,
  }));

export async function stations(): Promise<Place[]> {
  const all = (await inFolder('stations')) as CollectionEntry<'stations'>[];
  return all
    .map((entry) => {
      const { number, address: street, near, bikes: types, places, x, y } = entry.data;
      return { number, name: title(entry), path: address(entry), address: street, near, bikes: types, places, x, y };
    })
    .sort((one, other) => one.number - other.number);
}
