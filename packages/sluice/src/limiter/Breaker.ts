/** Failures in a row after which the store is left alone. */
const THRESHOLD = 5;
/** How long it is left alone before one call tries again, in milliseconds. */
const PAUSE_MS = 1000;

/**
 * Keeps calls away from a store that fails: after five failures in a row, one call a second tries, and the others are
 * answered by the failure policy at once. (M. Nygard, "Release It!", 2007, "Circuit Breaker".)
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #nextTry = 0;
  #isTrying = false;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The store is being left alone. */
  get isOpen(): boolean {
    return this.#failures >= THRESHOLD;
  }

  /** Whether a call may go to the store. Whoever is told yes must report how it went. */
  admits(): boolean {
    if (!this.isOpen) return true;
    if (this.#isTrying || this.#now() < this.#nextTry) return false;
    this.#isTrying = true;
    return true;
  }

  /** @returns whether the store had been failing until now */
  succeeded(): boolean {
    const wasFailing = this.#failures > 0;
    this.#failures = 0;
    this.#isTrying = false;
    return wasFailing;
  }

  /** @returns whether the store had been well until now */
  failed(): boolean {
    this.#failures++;
    this.#isTrying = false;
    this.#nextTry = this.#now() + PAUSE_MS;
    return this.#failures === 1;
  }
}
