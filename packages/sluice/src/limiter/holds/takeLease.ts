import type { Timer } from "../../stores/Clock.ts";
import type { Decision } from "../Decision.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Cost, Key } from "../Limiter.ts";
import type { Endings } from "../waiting/Endings.ts";
import { actOnHold } from "./actOnHold.ts";
import { giveBack } from "./giveBack.ts";
import { heldAs } from "./heldAs.ts";
import { reserveKey, type Reserved } from "./reserveKey.ts";

/** A decision, and what gives back what counts at once: it never rejects, and does so once. Undefined after a refusal. */
export interface Lease {
  readonly decision: Decision;
  readonly release: (() => Promise<void>) | undefined;
}

/** Who is charged, and what. */
export interface LeaseCall {
  readonly key: Key;
  readonly cost: Cost | undefined;
  /** Under which the states are found, where the key has several in this pool; default `key`. */
  readonly stateKey?: Key;
}

/** What renews leases while they last, and ends them when their limiter is closed. */
export interface LeaseKeeper {
  readonly timer: Timer;
  readonly endings: Endings;
}

/** How often a lease is renewed while it lasts, so that one answer that is lost does no harm. */
const RENEWALS = 3;

/**
 * Charges a call, and holds what it counts at once while this process lives, until it is released.
 * @throws ConfigurationError, StoreError
 */
export async function takeLease(
  named: NamedPlan,
  { key, cost, stateKey }: LeaseCall,
  keeper: LeaseKeeper,
): Promise<Lease> {
  const reserved = await reserveKey(named, key, { cost }, stateKey);
  const { decision, request, place } = reserved;
  if (!decision.allowed) return { decision, release: undefined };
  const stop = renewing(named, reserved, keeper);
  const release = async () => {
    stop();
    // If the store does not take it back, it comes back by itself. The id is random: nobody asks for it again.
    const id = heldAs(request.id, named.plan.limits);
    await giveBack(named, place, { does: "settle", costs: request.costs, id, forget: true });
  };
  let released: Promise<void> | undefined;
  return { decision, release: () => (released ??= release()) };
}

/** @returns ends it */
function renewing(
  named: NamedPlan,
  { request: { id, ttlMs }, place }: Reserved,
  { timer, endings }: LeaseKeeper,
): () => void {
  const act = { does: "renew", id: heldAs(id, named.plan.limits), ttl: ttlMs * 1000 } as const;
  const pause = () => timer.after(ttlMs / RENEWALS, () => void beat());
  let stop = pause();
  const beat = async () => {
    stop = pause();
    try {
      const { hold } = await actOnHold(named, place, act);
      if (hold !== "open") end();
    } catch {
      // There is time for another beat.
    }
  };
  const forget = endings.onEnd(undefined, () => stop());
  const end = () => {
    stop();
    forget();
  };
  return end;
}
