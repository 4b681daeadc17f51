import type { StoreError } from "../../errors/StoreError.ts";

/** Failures in a row after which the store is left alone. */
const THRESHOLD = 5;
/** How long it is left alone before one call tries again, in milliseconds. */
export const PAUSE_MS = 1000;

/** A call may go to the store; as a `"probe"`, which is the only one to, it finds out whether the store works again. */
export type Admission = "call" | "probe";

/**
 * Keeps calls away from a store that fails: after five failures in a row one call a second tries, one at a time, and the
 * others are answered by the policy at once. Source: M. Nygard, "Release It!", 2007, "Circuit Breaker".
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #nextTry = 0;
  #isTrying = false;
  #lastError: StoreError | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Why the store is being left alone; undefined if it is not. */
  get lastError(): StoreError | undefined {
    return this.#lastError;
  }

  /** Whether nothing has failed for a while. */
  get isCalm(): boolean {
    return this.#now() >= this.#nextTry;
  }

  /** Whether a call may go to the store, and as what; undefined if not. Whoever is admitted must report how it went. */
  admits(): Admission | undefined {
    if (this.#failures < THRESHOLD) return "call";
    if (this.#isTrying || this.#now() < this.#nextTry) return undefined;
    this.#isTrying = true;
    return "probe";
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isTrying = false;
    this.#lastError = undefined;
  }

  /** A call that set out before the others were kept away may fail while a probe is under way. */
  failed(error: StoreError, admission: Admission): void {
    this.#failures++;
    if (admission === "probe") this.#isTrying = false;
    this.#lastError = error;
    this.#nextTry = this.#now() + PAUSE_MS;
  }
}
