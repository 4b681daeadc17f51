import { HOLD_STATUSES } from "../inProcess/Hold.ts";
import type { ActOutcome, Plan } from "../Store.ts";
import { unknownVersion } from "../record.ts";
import { nextVerdicts, UNKNOWN_VERSION } from "./nextVerdicts.ts";

/**
 * Reads the reply of a server to an act: `[now, blocked, blocked for, allowed, hold, (fits, wait, remaining, reset,
 * ...state)*]`, or `[now, 2, version]` where a record has a version that it does not know.
 * @throws StoreError `UNKNOWN_RECORD_VERSION`
 */
export function decodeAct({ limits }: Plan, reply: readonly (number | string)[]): ActOutcome {
  let at = 0;
  const next = () => Number(reply[at++]);
  const now = next();
  const blocked = next();
  const blockedFor = next();
  if (blocked === UNKNOWN_VERSION) throw unknownVersion(blockedFor);
  const allowed = next() === 1;
  const hold = HOLD_STATUSES[next()];
  const verdicts = nextVerdicts(limits, next);
  return { now, allowed, blocked: blocked === 1, blockedFor, overflow: false, hold, verdicts };
}
