import type { Call } from "./Model.ts";

/** What the calls from `from` on and before `to` cost together. Microseconds since the epoch. */
export function spentIn(calls: readonly Call[], from: bigint, to: bigint): bigint {
  let sum = 0n;
  for (const { time, cost } of calls) if (BigInt(time) >= from && BigInt(time) < to) sum += BigInt(cost);
  return sum;
}
