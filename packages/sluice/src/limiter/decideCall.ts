import type { Mode, Outcome, SyncPreparedPlan } from "../stores/Store.ts";
import { encodeKey } from "../units/encodeKey.ts";
import type { Decision } from "./Decision.ts";
import type { Admission } from "./failure/Breaker.ts";
import { withDeadline } from "./failure/withDeadline.ts";
import type { Cost, Key } from "./Limiter.ts";
import type { DecidingPlan, NamedPlan } from "./NamedPlan.ts";
import { readCost } from "./readCost.ts";
import { readKey } from "./readKey.ts";
import type { StoreCall } from "./StoreCall.ts";
import { tellDecision } from "./tellDecision.ts";
import { toDecision } from "./toDecision.ts";

/**
 * Decides a call, and tells those who listen. They cost nothing where there are none, and peeks are nobody's business.
 * @param stateKey under which the states are found, where the key has several in this pool; default `key`
 */
export function decideCall(
  named: NamedPlan,
  mode: Mode,
  key: Key,
  cost: Cost | undefined,
  stateKey?: Key,
): Decision | Promise<Decision> {
  return named.events.wantsDecisions && mode === "consume"
    ? tellDecision(named, (timed) => decideQuietly(timed, mode, key, cost, stateKey), itself)
    : decideQuietly(named, mode, key, cost, stateKey);
}

const itself = (decision: Decision) => decision;

/**
 * One call: what is asked in words, what the store answers in numbers, and the decision. No promise where the store answers
 * at once, which also makes a deadline needless.
 */
export function decideQuietly(
  named: DecidingPlan,
  mode: Mode,
  key: Key,
  cost: Cost | undefined,
  stateKey: Key = key,
): Decision | Promise<Decision> {
  const { plan, names, subjects, prepared, faults } = named;
  const costs = readCost(cost, names);
  const keys = readKey(stateKey, subjects);
  const blockKey = stateKey === key ? undefined : encodeKey(key as string);
  const known = prepared.known?.(keys, costs, blockKey);
  if (known !== undefined) return { ...toDecision(plan.limits, names, key, costs, known), cached: true };
  const call = { key, keys, blockKey, costs, mode };
  const admission = faults.admits();
  if (admission === undefined) return faults.leftAlone(call);
  return "decideSync" in prepared
    ? decideNow(named, prepared, call, admission)
    : decideInTime(named, call, admission);
}

function decideNow(
  { plan, names, faults }: DecidingPlan,
  prepared: Pick<SyncPreparedPlan, "decideSync">,
  call: StoreCall,
  admission: Admission,
): Decision {
  let outcome: Outcome;
  try {
    outcome = prepared.decideSync(call.keys, call.costs, call.mode, call.blockKey);
  } catch (error) {
    return faults.failed(call, error, admission);
  }
  faults.worked();
  return toDecision(plan.limits, names, call.key, call.costs, outcome);
}

async function decideInTime(
  { plan, names, prepared, faults }: DecidingPlan,
  call: StoreCall,
  admission: Admission,
): Promise<Decision> {
  const { keys, costs, mode, blockKey } = call;
  let outcome: Outcome;
  try {
    outcome = await withDeadline(prepared.decide(keys, costs, mode, blockKey), faults.timeoutMs);
  } catch (error) {
    return faults.failed(call, error, admission);
  }
  faults.worked();
  return toDecision(plan.limits, names, call.key, costs, outcome);
}
