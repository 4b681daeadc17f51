import type { NamedPlan } from "../NamedPlan.ts";
import { mostOf } from "./mostOf.ts";
import { type Ends, stay } from "./stay.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/** A plan, and how much of the time of a wait is left, in whole milliseconds. */
interface Found {
  readonly named: NamedPlan;
  readonly leftMs: number;
}

/**
 * Waits for a plan that is not known yet; this is part of the time of the wait.
 * @returns undefined if that is over
 */
export function planInTime(
  ends: Ends,
  planned: Promise<NamedPlan>,
  request: WaitRequest,
): Promise<Found | undefined> {
  const { timer } = ends;
  const { timeoutMs, signal } = request;
  const came = timer.now;
  const most = mostOf(request, () => undefined);
  // Not 0 if it was more: then the store would have all the time that its limiter gives it.
  const left = () => Math.max(Math.min(timeoutMs, 1), Math.ceil(timeoutMs - (timer.now - came)));
  return stay<Found | undefined>(ends, { signal, most, left() {} }, (resolve, reject) => {
    planned.then((named) => resolve({ named, leftMs: left() }), reject);
  });
}
