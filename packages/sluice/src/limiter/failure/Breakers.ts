import type { StoreError } from "../../errors/StoreError.ts";
import { type Admission, Breaker } from "./Breaker.ts";

/**
 * The breakers of one store, one for each time that calls wait for it: a store that is too slow for some does not fail for
 * those who wait longer.
 */
export class Breakers {
  readonly #now: (() => number) | undefined;
  readonly #byTimeout = new Map<number, Breaker>();
  /** So that a call to a store that works costs nothing here. */
  #isWell = true;

  /** @param now monotonic milliseconds */
  constructor(now?: () => number) {
    this.#now = now;
  }

  of(timeoutMs: number): Breaker {
    const breaker = this.#byTimeout.get(timeoutMs) ?? new Breaker(this.#now);
    this.#byTimeout.set(timeoutMs, breaker);
    return breaker;
  }

  /** A call that would have waited for so long was answered. */
  succeeded(timeoutMs: number): void {
    if (this.#isWell) return;
    this.#isWell = true;
    for (const [ms, breaker] of this.#byTimeout) {
      if (ms >= timeoutMs || !isTimeout(breaker.lastError)) breaker.succeeded();
      if (breaker.lastError !== undefined) this.#isWell = false;
    }
  }

  /** A call that would have waited for so long failed. */
  failed(error: StoreError, timeoutMs: number, admission: Admission): void {
    this.#isWell = false;
    for (const [ms, breaker] of this.#byTimeout) {
      if (ms > timeoutMs && isTimeout(error)) continue;
      breaker.failed(error, ms === timeoutMs ? admission : "call");
    }
  }
}

function isTimeout(error: StoreError | undefined): boolean {
  return error?.code === "STORE_TIMEOUT";
}
