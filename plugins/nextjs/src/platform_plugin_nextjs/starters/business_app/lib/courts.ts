import courts from "@/data/courts.json";

/** One court or room; its page is content/courts/<id>.md. */
export type Court = {
  id: string; name: string; short: string; size: string; price: number; sports: string;
  /** Where it lies on the plan of the hall. */
  plan: { x: number; y: number; width: number; height: number; kind: "court" | "wall" | "room" };
};

export const COURTS = courts as Court[];

export function courtOf(id: string): Court | undefined {
  return COURTS.find((court) => court.id === id);
}
