import { StoreError } from "../../errors/StoreError.ts";

/**
 * Settles as the work does, or rejects with `STORE_TIMEOUT` after so many milliseconds; what comes later is ignored. Calls
 * of one turn of the event loop share a timer.
 * @param tooLate makes another error
 */
export function withDeadline<T>(
  work: Promise<T>,
  ms: number,
  tooLate: (ms: number) => Error = storeTooLate,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = deadlineOf(ms);
    const expire = () => reject(tooLate(ms));
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

function storeTooLate(ms: number): StoreError {
  return new StoreError("STORE_TIMEOUT", `the store did not answer within ${ms} ms; the call may be charged`);
}

/** The deadline of each length that calls of this turn of the event loop share. */
const ofThisTurn = new Map<number, Deadline>();

function deadlineOf(ms: number): Deadline {
  const known = ofThisTurn.get(ms);
  if (known !== undefined) return known;
  const made = new Deadline(ms);
  ofThisTurn.set(ms, made);
  return made;
}

class Deadline {
  readonly #waiting = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** It counts from the end of the turn: only then do calls leave for the store, however long the turn is. */
  constructor(ms: number) {
    afterReading(() => {
      ofThisTurn.delete(ms);
      if (this.#waiting.size === 0) return;
      this.#timer = setTimeout(() => afterReading(() => this.#expire()), ms);
    });
  }

  add(expire: () => void): void {
    this.#waiting.add(expire);
  }

  /** Without waiting calls the timer would only keep the process from ending. */
  remove(expire: () => void): void {
    this.#waiting.delete(expire);
    if (this.#waiting.size === 0) clearTimeout(this.#timer);
  }

  #expire(): void {
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
