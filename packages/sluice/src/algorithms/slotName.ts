import type { Limit } from "./Limit.ts";

/**
 * By what a state is found within the record of a key: algorithm, window or period, and the name if one was given.
 * Never by the limit itself, so that a changed limit keeps its usage.
 */
export function slotName({ algorithm, periodMs, name = "" }: Limit): string {
  return `${algorithm}/${periodMs}/${name}`;
}
