import type { ReducedRate } from "./rate.ts";

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** A rate as the shortest limit string that reads back as the same: `"10/s"`, `"5/10m"`. */
export function rateText({ amount, periodMs }: ReducedRate): string {
  const [unit, ms] = UNITS.find(([, unitMs]) => periodMs % unitMs === 0)!;
  const count = periodMs / ms;
  return `${amount}/${count === 1 ? "" : count}${unit}`;
}
