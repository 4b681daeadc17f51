import { createHash } from "node:crypto";
import { type FailureOptions, type Limit, type Limiter, rateLimiter, readLimits, type Store } from "sluice";
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
  readonly #options: FailureOptions & { readonly namespace?: string };
  /** By their limits, the longest unused first. */
  readonly #kept = new Map<string, Limiter>();

  /** @param options those of the file that concern every limiter */
  constructor(store: Store, options: RulesOptions, onEvent: FailureOptions["onEvent"]) {
    const { namespace, onStoreError, timeoutMs, replicas } = options;
    this.#store = store;
    this.#options = {
      onStoreError,
      timeoutMs,
      replicas,
      onEvent,
      ...(namespace !== undefined && { namespace }),
    };
  }

  /** @throws ConfigurationError */
  limiterFor(data: unknown): Limiter {
    const list: readonly unknown[] = Array.isArray(data) ? data : [data];
    const limits = readLimits("consume", list.map(limitOf));
    checkServed(limits);
    const meaning = JSON.stringify(limits.map(meaningOf));
    const limiter = this.#kept.get(meaning) ?? this.#make(limits, meaning);
    this.#kept.delete(meaning);
    this.#kept.set(meaning, limiter);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return limiter;
  }

  #make(limits: readonly Limit[], meaning: string): Limiter {
    const name = `ad hoc ${createHash("sha256").update(meaning).digest("hex").slice(0, 32)}`;
    return rateLimiter({ limits, store: storeView(this.#store), name, ...this.#options });
  }
}

function meaningOf({ algorithm, name, params, countDenied, dryRun }: Limit): unknown {
  return [algorithm, name, params, countDenied, dryRun];
}
