import type { Limit } from "./Limit.ts";

/**
 * By what a state is found within the record of a key: algorithm, window or period, the name if one was given, and the
 * subject if there are several. Never by the limit itself, so that a changed limit keeps its usage.
 */
export function slotName({ algorithm, periodMs, name = "", by }: Limit): string {
  const slot = `${algorithm}/${periodMs}/${name}`;
  return by === undefined ? slot : JSON.stringify([slot, by]);
}
