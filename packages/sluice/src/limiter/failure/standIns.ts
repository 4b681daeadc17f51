import type { StoreError } from "../../errors/StoreError.ts";
import type { Act, ActOutcome, Keys, Outcome } from "../../stores/Store.ts";
import type { StoreErrorPolicy } from "../../events/LimiterEvent.ts";
import type { Decision } from "../Decision.ts";
import { keyText } from "../keyText.ts";
import { largestCost } from "../largestCost.ts";
import type { StoreCall } from "../StoreCall.ts";
import { PAUSE_MS } from "./Breaker.ts";

/** An answer in place of the store. */
export interface StandInAnswer {
  readonly decision: Decision;
  /** As the store would have told it; undefined where nothing is counted. */
  readonly outcome: Outcome | undefined;
}

/** What answers in place of a store that fails. */
export interface StandIn {
  answer(call: StoreCall, error: StoreError): StandInAnswer;
  /** Does what is asked with what was reserved here. */
  act(keys: Keys, act: Act): Pick<ActOutcome, "hold">;
  /** Forgets what was spent. */
  forget(keys: Keys): void;
}

const OPEN = {
  allowed: true,
  limit: Infinity,
  remaining: Infinity,
  retryAfterMs: 0,
  resetAfterMs: 0,
  degraded: "open",
} as const;

/** The policies that keep no numbers. */
export const standIns: Readonly<Record<Exclude<StoreErrorPolicy, "local">, StandIn>> = {
  open: forgetful((call) => ({ ...unknown(call), ...OPEN })),
  closed: forgetful(unavailable),
  throw: forgetful((_, error) => {
    throw error;
  }),
};

function forgetful(decide: (call: StoreCall, error: StoreError) => Decision): StandIn {
  return {
    answer: (call, error) => ({ decision: decide(call, error), outcome: undefined }),
    act: () => ({ hold: "none" }),
    forget() {},
  };
}

/** Who asks, and for how much. */
type Asked = Pick<StoreCall, "key" | "costs">;

/** Refuses a call of which the store has told nothing. */
export function unavailable(call: Asked): Decision {
  return {
    ...unknown(call),
    allowed: false,
    limit: 0,
    remaining: 0,
    retryAfterMs: PAUSE_MS,
    resetAfterMs: PAUSE_MS,
    degraded: "closed",
  };
}

function unknown({ key, costs }: Asked): Pick<Decision, "key" | "cost" | "reason" | "limits"> {
  return { key: keyText(key), cost: largestCost(costs), reason: "store-error", limits: [] };
}
