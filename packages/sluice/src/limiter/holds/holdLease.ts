import type { Timer } from "../../stores/Clock.ts";
import { encodeKey } from "../../units/encodeKey.ts";
import { askStore } from "../askStore.ts";
import { allowedOnly } from "../allowedOnly.ts";
import type { NamedPlan } from "../decideCall.ts";
import type { CostOptions, Key } from "../Limiter.ts";
import type { Permit } from "../Permit.ts";
import { costOption } from "../readCost.ts";
import { readKey } from "../readKey.ts";
import type { Endings } from "../waiting/Endings.ts";
import { readReserve } from "./readReserve.ts";
import { reserveKey } from "./reserveKey.ts";

/** Whether something is counted that is given back when the work ends. */
export function hasLease({ plan: { limits } }: NamedPlan): boolean {
  return limits.some(({ isLease }) => isLease);
}

/** How often a lease is renewed while it lasts, so that one answer that is lost does no harm. */
const RENEWALS = 3;

/**
 * Takes a permit that comes back when it is disposed of, and lives while this process does.
 * @throws RateLimitExceededError
 */
export async function holdLease(
  named: NamedPlan,
  key: Key,
  options: CostOptions | undefined,
  timer: Timer,
  endings: Endings,
): Promise<Permit> {
  const cost = costOption(options);
  const { ttlMs } = readReserve(named);
  const { settle, cancel: _, id, ...decision } = await reserveKey(named, key, { cost });
  allowedOnly(decision);
  const stop = renewing(named, key, id, ttlMs, timer, endings);
  let released: Promise<unknown> | undefined;
  // If the store does not take it back, it comes back by itself.
  const release = () => (released ??= (stop(), settle(cost ?? 1).catch(() => {})));
  return {
    decision,
    [Symbol.dispose]: () => void release(),
    [Symbol.asyncDispose]: async () => void (await release()),
  };
}

/** @returns ends it */
function renewing(
  named: NamedPlan,
  key: Key,
  id: string,
  ttlMs: number,
  timer: Timer,
  endings: Endings,
): () => void {
  const keys = readKey(key, named.subjects);
  const act = { does: "renew", id: encodeKey(id), ttl: ttlMs * 1000 } as const;
  const pause = () => timer.after(ttlMs / RENEWALS, () => void beat());
  let stop = pause();
  const beat = async () => {
    stop = pause();
    try {
      const { hold } = await askStore(named, (prepared) => prepared.act(keys, act));
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
