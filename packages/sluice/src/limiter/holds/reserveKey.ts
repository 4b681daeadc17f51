import type { Act, ActOutcome, Keys, SyncPreparedPlan } from "../../stores/Store.ts";
import { encodeKey } from "../../units/encodeKey.ts";
import type { Decision } from "../Decision.ts";
import type { DecidingPlan, NamedPlan } from "../decideCall.ts";
import { withDeadline } from "../failure/withDeadline.ts";
import type { Key } from "../Limiter.ts";
import { readKey } from "../readKey.ts";
import { tellDecision } from "../tellDecision.ts";
import { toDecision } from "../toDecision.ts";
import type { Hold, ReserveOptions } from "./Hold.ts";
import { readReserve, type ReserveRequest } from "./readReserve.ts";
import { settleKeys } from "./settleKeys.ts";

/**
 * Charges an estimate that can be settled later.
 * @throws ConfigurationError, StoreError
 */
export async function reserveKey(named: NamedPlan, key: Key, options?: ReserveOptions): Promise<Hold> {
  const request = readReserve(named, options);
  const keys = readKey(key, named.subjects);
  const reserve = (timed: DecidingPlan) => reserveQuietly(timed, key, keys, request);
  const decision = await (named.events.wantsDecisions
    ? tellDecision(named, reserve, (told) => told)
    : reserve(named));
  const settle: Hold["settle"] = async (actual) => {
    if (!decision.allowed) return "refused";
    return settleKeys(named, keys, request.id, actual, decision.degraded);
  };
  return { ...decision, id: request.id, settle, cancel: () => settle(0) };
}

async function reserveQuietly(
  named: DecidingPlan,
  key: Key,
  keys: Keys,
  { id, ttlMs, costs }: ReserveRequest,
): Promise<Decision> {
  const { plan, names, faults } = named;
  const act: Act = { does: "reserve", costs, id: encodeKey(id), ttl: ttlMs * 1000, nonce: randomNonce() };
  const call = { key, keys, blockKey: undefined, costs, mode: "consume", act } as const;
  const admission = faults.admits();
  if (admission === undefined) return faults.leftAlone(call);
  let outcome: ActOutcome;
  try {
    outcome = await actInTime(named, keys, act);
  } catch (error) {
    return faults.failed(call, error, admission);
  }
  faults.worked();
  return toDecision(plan.limits, names, key, costs, outcome);
}

export function actInTime(
  { prepared, faults }: DecidingPlan,
  keys: Keys,
  act: Act,
): ActOutcome | Promise<ActOutcome> {
  if ("actSync" in prepared) return (prepared as SyncPreparedPlan).actSync(keys, act);
  return withDeadline(prepared.act(keys, act), faults.timeoutMs);
}

/** 48 bits, and never 0. */
function randomNonce(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0xffff) * 2 ** 32 + low || 1;
}
