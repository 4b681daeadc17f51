import { numberIn } from "../errors/numberIn.ts";
import { meantUnitMs } from "./meantUnitMs.ts";

/** The milliseconds that somebody meant by a text that is no duration: `"5 sec"`, `"1.5h"`, `"100"`. */
export function meantMs(text: string): number | undefined {
  const [, count, unit] = /^\s*([-+]?\d[\d,_.]*)\s*(?:([a-z]{1,20})\s*)?$/i.exec(text) ?? [];
  if (count === undefined) return undefined;
  const ms = numberIn(count) * (unit === undefined ? 1 : (meantUnitMs(unit) ?? Number.NaN));
  return Number.isNaN(ms) ? undefined : ms;
}
