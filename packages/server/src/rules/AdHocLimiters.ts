import { createHash } from "node:crypto";
import {
  type FailureOptions,
  type Limit,
  type Limiter,
  rateLimiter,
  type RateLimiterOptions,
  readLimits,
  type Store,
} from "sluice";
import type { RulesOptions } from "../file/readRules.ts";
import { checkServed } from "../file/readServedRules.ts";
import { limitOf } from "../file/limitOf.ts";
import { storeView } from "./storeView.ts";

/** How many limiters are kept ready. Others are made again when they are asked for; their state is in the store. */
const MOST_KEPT = 1000;

/**
 * Limiters for limits that are named with the call, not in the file. Equal limits share their counters, however they
 * are written: `100/m` and `100 per minute` are one.
 */
export class AdHocLimiters {
  readonly #store: Store;
  readonly #options: Pick<RateLimiterOptions, "namespace" | keyof FailureOptions>;
  /** By their limits, the longest unused first. */
  readonly #kept = new Map<string, Limiter>();

  /** @param options those of the file that concern every limiter */
  constructor(store: Store, options: RulesOptions, onEvent: FailureOptions["onEvent"]) {
    const { namespace, onStoreError, timeoutMs, replicas } = options;
    this.#store = store;
    this.#options = { namespace, onStoreError, timeoutMs, replicas, onEvent };
  }

  /** @throws ConfigurationError */
  limiterFor(data: unknown): Limiter {
    const list: readonly unknown[] = Array.isArray(data) ? data : [data];
    const limits = readLimits(
      "consume",
      (list.length === 1 ? list.map(withoutDefaultName) : list).map(limitOf),
    );
    checkServed(limits);
    const meanings = limits.map(meaningOf);
    const asked = meanings.join();
    const limiter = this.#kept.get(asked) ?? this.#make(limits, meanings);
    this.#kept.delete(asked);
    this.#kept.set(asked, limiter);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return limiter;
  }

  /** Decisions tell the limits in the order of the call, and the counters are found in any. */
  #make(limits: readonly Limit[], meanings: readonly string[]): Limiter {
    const sorted = `[${meanings.toSorted().join()}]`;
    const name = `ad hoc ${createHash("sha256").update(sorted).digest("hex").slice(0, 32)}`;
    return rateLimiter({ limits, store: storeView(this.#store), name, ...this.#options });
  }
}

function meaningOf({ algorithm, name, by, params, countDenied, dryRun }: Limit): string {
  return JSON.stringify([algorithm, name, by, params, countDenied, dryRun]);
}

/** A single limit is called `default` anyway. */
function withoutDefaultName(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  const named = Object.entries(data).map(([algorithm, options]: [string, unknown]) => {
    if ((options as { name?: unknown } | null)?.name !== "default") return [algorithm, options];
    const { name: _name, ...others } = options as { name: unknown };
    return [algorithm, others];
  });
  return Object.fromEntries(named) as unknown;
}
