import type { Act, ActOutcome } from "../../stores/Store.ts";
import { encodeKey } from "../../units/encodeKey.ts";
import type { Decision } from "../Decision.ts";
import type { DecidingPlan, NamedPlan } from "../NamedPlan.ts";
import type { Key } from "../Limiter.ts";
import { readKey } from "../readKey.ts";
import { tellDecision } from "../tellDecision.ts";
import { toDecision } from "../toDecision.ts";
import { actInTime } from "./actInTime.ts";
import type { HoldPlace } from "./actOnHold.ts";
import { heldAs } from "./heldAs.ts";
import type { ReserveOptions } from "./Hold.ts";
import { randomNonce } from "./randomNonce.ts";
import { readReserve, type ReserveRequest } from "./readReserve.ts";

/** What became of it, and where and as what it is found again. */
export interface Reserved {
  readonly decision: Decision;
  readonly request: ReserveRequest;
  readonly place: HoldPlace;
}

/**
 * Charges an estimate that can be settled later.
 * @param stateKey under which the states are found, where the key has several in this pool; default `key`
 * @throws ConfigurationError, StoreError
 */
export async function reserveKey(
  named: NamedPlan,
  key: Key,
  options?: ReserveOptions,
  stateKey: Key = key,
): Promise<Reserved> {
  const request = readReserve(named, options);
  const keys = readKey(stateKey, named.subjects);
  const place = { keys, blockKey: stateKey === key ? undefined : encodeKey(key as string) };
  const reserve = (timed: DecidingPlan) =>
    reserveQuietly(timed, key, place, request, options?.id !== undefined);
  const decision = await (named.events.wantsDecisions
    ? tellDecision(named, reserve, (told) => told)
    : reserve(named));
  return { decision, request, place: { ...place, degraded: decision.degraded } };
}

async function reserveQuietly(
  named: DecidingPlan,
  key: Key,
  { keys, blockKey }: HoldPlace,
  { id, ttlMs, costs }: ReserveRequest,
  isKnown: boolean,
): Promise<Decision> {
  const { plan, names, faults, prepared } = named;
  const heldId = heldAs(id, plan.limits);
  const act: Act = { does: "reserve", costs, id: heldId, ttl: ttlMs * 1000, nonce: randomNonce() };
  const call = { key, keys, blockKey, costs, mode: "consume", act } as const;
  const admission = faults.admits();
  if (admission === undefined) return faults.leftAlone(call);
  // Nobody else knows a random id, so what the store charges under it too late is nobody's.
  const undo = () =>
    void prepared.act(keys, { does: "settle", costs: 0, id: heldId, forget: true }, blockKey).catch(() => {});
  let outcome: ActOutcome;
  try {
    outcome = await actInTime(named, keys, act, blockKey, isKnown ? undefined : undo);
  } catch (error) {
    return faults.failed(call, error, admission);
  }
  faults.worked();
  return toDecision(plan.limits, names, key, costs, outcome);
}
