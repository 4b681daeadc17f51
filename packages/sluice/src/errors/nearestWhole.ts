import { numberIn } from "./numberIn.ts";

/** The whole number in bounds that is nearest to a number, also in a text; undefined where none is meant. */
export function nearestWhole(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === "string" ? numberIn(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) return undefined;
  return Math.min(Math.max(Math.round(number), least), most);
}
