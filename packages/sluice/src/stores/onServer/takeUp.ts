import type { Desk } from "../inProcess/Desk.ts";
import type { Outcome } from "../Store.ts";

/** Lays out what a server told of a key, to decide on from there: of limits that keep no log, their states are whole. */
export function takeUp({ before, block }: Desk, { now, blockedFor, verdicts }: Outcome): void {
  verdicts.forEach(({ state }, i) => copyInto(before[i], state));
  block[0] = now;
  block[1] = blockedFor;
}

export function copyInto(target: number[], source: readonly number[]): void {
  for (let n = 0; n < source.length; n++) target[n] = source[n];
}
