import type { Verdict } from "../algorithms/Machine.ts";
import type { StoreError } from "../errors/StoreError.ts";
import type { Call } from "./encodeCalls.ts";
import { unknownVersion } from "./record.ts";
import type { Outcome } from "./Store.ts";

/** In the place of `blocked`: a record of the call has another version, which follows. */
const UNKNOWN_VERSION = 2;

/**
 * Reads the reply of a server, `[now, (blocked, blocked for, (fits, wait, remaining, reset, ...state)*)*]`: an outcome
 * for each call, or why it has none.
 * @param reply whole numbers, or their digits
 */
export function decodeOutcomes(
  calls: readonly Call[],
  reply: readonly (number | string)[],
): (Outcome | StoreError)[] {
  let at = 0;
  const next = () => Number(reply[at++]);
  const now = next();
  return calls.map(({ code }) => {
    const blocked = next();
    const blockedFor = next();
    if (blocked === UNKNOWN_VERSION) return unknownVersion(blockedFor);
    const { limits } = code.plan;
    const verdicts = limits.map(({ machine }) => nextVerdict(machine.width, next));
    const allowed = blocked === 0 && verdicts.every(({ fits }, i) => fits || limits[i].dryRun);
    return { now, allowed, blocked: blocked === 1, blockedFor, overflow: false, verdicts };
  });
}

/** `life` stays on the server, which has used it; `reset` is never after it. */
function nextVerdict(width: number, next: () => number): Verdict {
  const fits = next() === 1;
  const wait = next();
  const remaining = next();
  const reset = next();
  const state = Array.from({ length: width }, next);
  return { fits, wait: wait === -1 ? Infinity : wait, remaining, reset, life: reset, state };
}
