import { StoreError } from "../../errors/StoreError.ts";

/**
 * Settles as the work does, or rejects with `STORE_TIMEOUT` after so many milliseconds; what comes later is ignored. Calls
 * that begin in the same millisecond share a timer.
 */
export function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = deadlineOf(ms);
    const expire = () =>
      reject(
        new StoreError("STORE_TIMEOUT", `the store did not answer within ${ms} ms; the call may be charged`),
      );
    deadline.add(expire);
    const then =
      <Value>(settle: (value: Value) => void) =>
      (value: Value) => {
        deadline.remove(expire);
        settle(value);
      };
    work.then(then(resolve), then(reject));
  });
}

/** The newest deadline of each length. */
const newest = new Map<number, Deadline>();

function deadlineOf(ms: number): Deadline {
  const now = performance.now();
  const known = newest.get(ms);
  if (known !== undefined && known.takesUntil > now) return known;
  const made = new Deadline(ms, now);
  newest.set(ms, made);
  return made;
}

class Deadline {
  takesUntil: number;
  readonly #waiting = new Set<() => void>();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number, now: number) {
    this.takesUntil = now + 1;
    this.#timer = setTimeout(() => afterReading(() => this.#expire()), ms);
  }

  add(expire: () => void): void {
    this.#waiting.add(expire);
  }

  /** Without waiting calls the timer would only keep the process from ending. */
  remove(expire: () => void): void {
    this.#waiting.delete(expire);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.takesUntil = 0;
  }

  #expire(): void {
    this.takesUntil = 0;
    for (const expire of this.#waiting) expire();
  }
}

/**
 * Replies that came while this process was busy are read first: a long turn of the event loop is no fault of the store.
 * (On Node timers run before reading, and `setImmediate` after it.)
 */
function afterReading(work: () => void): void {
  if (typeof setImmediate === "function") setImmediate(work);
  else setTimeout(work, 0);
}
