import type { Limit } from "../../algorithms/Limit.ts";
import { slotName } from "../../algorithms/slotName.ts";
import { hashedName } from "../../stores/slotId.ts";
import { encodeKey } from "../../units/encodeKey.ts";

/**
 * As what a store knows a reservation: its id, and what it charged. Under limits that were replaced or changed places it
 * is not found, so that none is given back what another was charged.
 */
export function heldAs(id: string, limits: readonly Limit[]): string {
  return encodeKey(`${markOf(limits)} ${id}`);
}

const marks = new WeakMap<readonly Limit[], number>();

function markOf(limits: readonly Limit[]): number {
  const mark = marks.get(limits) ?? hashedName(JSON.stringify(limits.map(slotName)));
  marks.set(limits, mark);
  return mark;
}
