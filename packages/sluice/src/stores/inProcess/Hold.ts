import type { HoldStatus } from "../Store.ts";

/** In this order: records and the replies of servers tell the places. */
export const HOLD_STATUSES: readonly HoldStatus[] = ["none", "open", "settled"];

/** What was reserved under one id. Times are in microseconds since the epoch. */
export interface Hold {
  /** When it was charged. */
  at: number;
  /** When what counts at once was last renewed. */
  renewed: number;
  /** The place of its word in {@link HOLD_STATUSES}. */
  status: 0 | 1 | 2;
  /** Of the key, when it was reserved. */
  epoch: number;
  /** From then on it is forgotten. 0: it is now. */
  until: number;
  /** One for each limit of the plan. */
  costs: readonly number[];
  /** As many: the microseconds that all took to drain, right after the charge, and `given` at that time. */
  stands: readonly number[];
}

/** Nothing was reserved. */
export const NO_HOLD: Hold = { at: 0, renewed: 0, status: 0, epoch: 0, until: 0, costs: [], stands: [] };

/** `[until, at, renewed, status, epoch, ...costs, ...stands]`. */
export function holdOf(numbers: readonly number[]): Hold {
  const [until, at, renewed, status, epoch, ...each] = numbers;
  const limits = each.length >> 1;
  const [costs, stands] = [each.slice(0, limits), each.slice(limits)];
  return { at, renewed, status: status as Hold["status"], epoch, until, costs, stands };
}

export function numbersOfHold({ until, at, renewed, status, epoch, costs, stands }: Hold): number[] {
  return [until, at, renewed, status, epoch, ...costs, ...stands];
}
