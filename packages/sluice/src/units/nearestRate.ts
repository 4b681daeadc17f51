import { nearestWhole } from "../errors/nearestWhole.ts";
import { LONGEST_MS } from "./duration.ts";
import { meantUnitMs } from "./meantUnitMs.ts";
import { LARGEST_AMOUNT } from "./largestAmount.ts";
import { rateText } from "./rateText.ts";

const MEANT = /^\s*([-+]?\d[\d,_.]*)\s*(?:\/|per|an?|every|in)\s*(?:(\d+)\s*)?([a-z]{1,20})\s*$/i;

/**
 * The limit string that somebody meant by a text that is none: `"100 / minute"`, `"5/hrs"`, `"1,000/m"`.
 * @param least the smallest amount: 0 for a limit, 1 for a rate
 * @returns undefined where nobody can tell
 */
export function nearestRate(text: string, least: number): string | undefined {
  const [, count, periods, unit] = MEANT.exec(text) ?? [];
  if (count === undefined) return undefined;
  const amount = nearestWhole(count, least, LARGEST_AMOUNT);
  const unitMs = meantUnitMs(unit);
  if (amount === undefined || unitMs === undefined) return undefined;
  const periodMs = Math.min(Math.max(Number(periods || 1), 1) * unitMs, LONGEST_MS);
  return rateText({ amount, periodMs });
}
