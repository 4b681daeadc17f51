import type { Decision } from "../Decision.ts";
import type { Slot } from "./bookSlot.ts";
import { mostOf } from "./mostOf.ts";
import { type Ends, type Most, stay } from "./stay.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/**
 * Waits until the slot comes that the store has booked.
 * @param late what it is told if the store has not answered in time
 */
export async function waitForSlot(
  ends: Ends,
  book: () => Promise<Slot>,
  request: WaitRequest,
  late: Most<Decision>["late"],
): Promise<Decision> {
  const { decision, waitMs, giveUp } = await booked(ends, book, request, late);
  if (waitMs > 0) await pause(ends, waitMs, request.signal, giveUp);
  return decision;
}

/** It may have gone when the store answers. */
function booked(
  ends: Ends,
  book: () => Promise<Slot>,
  request: WaitRequest,
  late: Most<Decision>["late"],
): Promise<Slot> {
  let isGone = false;
  const left = () => (isGone = true);
  const most = mostOf(request, async () => ({ decision: await late(), waitMs: 0, giveUp() {} }));
  return stay<Slot>(ends, { signal: request.signal, most, left }, (resolve, reject) => {
    book().then((slot) => (isGone ? slot.giveUp() : resolve(slot)), reject);
  });
}

function pause(ends: Ends, ms: number, signal: AbortSignal | undefined, giveUp: () => void): Promise<void> {
  let stop: (() => void) | undefined;
  const left = () => {
    stop?.();
    giveUp();
  };
  return stay<void>(ends, { signal, left }, (resolve) => {
    stop = ends.timer.after(ms, resolve);
  });
}
