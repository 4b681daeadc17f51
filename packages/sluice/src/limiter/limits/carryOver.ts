import type { Limit } from "../../algorithms/Limit.ts";
import type { Act, Keys, Outcome, SyncPreparedPlan } from "../../stores/Store.ts";
import { LONGEST_MS } from "../../units/duration.ts";
import { askStore } from "../askStore.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import { randomNonce } from "../holds/randomNonce.ts";
import type { Key } from "../Limiter.ts";
import { readKey } from "../readKey.ts";

/**
 * Charges a key under its new limits the share that it used of the old ones. A reservation of a fixed name does it, so it is
 * done once, whichever process is first.
 * @throws StoreError
 */
export async function carryOver(key: Key, from: NamedPlan, to: NamedPlan): Promise<void> {
  const keys = readKey(key, from.subjects);
  const used = await askStore(from, (prepared) => prepared.decide(keys, 0, "peek"));
  await askStore(to, (prepared) => prepared.act(keys, chargeOf(from, to, used)));
}

/** The same over a store that answers at once. */
export function carryOverNow(key: Key, from: NamedPlan, to: NamedPlan): void {
  const keys: Keys = readKey(key, from.subjects);
  const used = (from.prepared as SyncPreparedPlan).decideSync(keys, 0, "peek");
  (to.prepared as SyncPreparedPlan).actSync(keys, chargeOf(from, to, used));
}

function chargeOf(from: NamedPlan, to: NamedPlan, { verdicts }: Outcome): Act {
  const { limits } = to.plan;
  const costs = limits.map((limit, i) => {
    const before = from.plan.limits.findIndex((other, j) => belong(limit, i, other, j));
    return before < 0 ? 0 : shareOf(limit, from.plan.limits[before], verdicts[before].remaining);
  });
  // As long as anything is used under the earlier limits, too: a key that was forgotten here would else bring it along again.
  const left = verdicts.map(({ reset }) => reset / 1000);
  const longestMs = Math.ceil(Math.max(1, ...left, ...limits.map(({ windowMs }) => windowMs)));
  const ttl = Math.min(longestMs, LONGEST_MS) * 1000;
  return { does: "reserve", costs, id: "carried over", ttl, nonce: randomNonce() };
}

/** By name; those without one by place. What runs at once ends with its own limits. */
function belong(limit: Limit, i: number, other: Limit, j: number): boolean {
  if (limit.isLease || other.isLease || limit.name !== other.name) return false;
  return limit.name !== undefined || i === j;
}

/** `used * new / old`, rounded up: the product of two limits may be beyond 2^53. */
function shareOf(limit: Limit, before: Limit, remaining: number): number {
  if (before.limit === 0) return 0;
  const old = BigInt(before.limit);
  return Number((BigInt(before.limit - remaining) * BigInt(limit.limit) + old - 1n) / old);
}
