import type { Decision } from "../Decision.ts";
import type { Slot } from "./bookSlot.ts";
import { mostOf } from "./mostOf.ts";
import { type Ends, stay } from "./stay.ts";
import type { WaitRequest } from "./WaitOptions.ts";
import { waitForSlot } from "./waitForSlot.ts";

/** What one who waits in a line is told. */
interface Answer {
  readonly decision: Decision;
  /** Gives back what was charged. It never rejects. */
  giveUp(): Promise<void>;
}

/** How one who waits asks. */
export interface Turn {
  /** Whether it is its turn now: then it is charged. */
  ask(): Promise<Answer>;
  /** What it is told if it is not. Charges nothing. */
  refusal(): Promise<Decision>;
  /** What it is told when its time is over: the same, without waiting for the store. */
  readonly late: () => Decision | Promise<Decision>;
}

interface Waiter {
  readonly turn: Turn;
  /** By the timer: when its turn must have come. */
  readonly deadline: number;
  /** By the timer: when it goes, whether it is answered or not. */
  readonly end: number;
  resolve(decision: Decision): void;
  reject(error: unknown): void;
}

/** Those who wait in this process on one key. */
export class Line {
  readonly #ends: Ends;
  readonly #waiters: Waiter[] = [];
  #booked = 0;
  #isServing = false;
  /** When the first asks again, by the timer. */
  #nextTurn = 0;
  /** There may be room since the first began to ask. */
  #mayHaveRoom = false;
  /** Lets the first of the line ask, though its wait is not over. */
  #wake: (() => void) | undefined;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  get length(): number {
    return this.#waiters.length + this.#booked;
  }

  /** Whether anybody stands in line here. */
  get isFormed(): boolean {
    return this.#waiters.length > 0;
  }

  /** The store knows the slot of each, so nobody asks again. */
  async waitForSlot(book: () => Promise<Slot>, { late }: Turn, request: WaitRequest): Promise<Decision> {
    this.#booked++;
    try {
      return await waitForSlot(this.#ends, book, request, late);
    } finally {
      this.#booked--;
    }
  }

  /** The first of the line asks, and again when its wait is over; those behind it wait for it. */
  waitForTurn(turn: Turn, request: WaitRequest): Promise<Decision> {
    const { now } = this.#ends.timer;
    const most = mostOf(request, turn.late);
    const times = { deadline: now + request.timeoutMs, end: now + (most?.ms ?? Infinity) };
    let waiter: Waiter;
    const left = () => this.#leave(waiter);
    return stay<Decision>(this.#ends, { signal: request.signal, most, left }, (resolve, reject) => {
      this.#join((waiter = { turn, ...times, resolve, reject }));
    });
  }

  #join(waiter: Waiter): void {
    this.#waiters.push(waiter);
    if (this.#waiters.length === 1) void this.#serve();
    else if (waiter.deadline < this.#nextTurn) this.#refuse(waiter);
  }

  /** Tells somebody that it has no place in the line. */
  refuse(turn: Turn, request: WaitRequest): Promise<Decision> {
    const most = mostOf(request, turn.late);
    return stay<Decision>(this.#ends, { signal: request.signal, most, left() {} }, (resolve, reject) => {
      turn.refusal().then(resolve, reject);
    });
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    for (let first = this.#waiters[0]; first !== undefined; first = this.#waiters[0]) {
      try {
        // Then its own timer is about to tell it.
        if (this.#ends.timer.now >= first.end) this.#leave(first);
        else await this.#ask(first);
      } catch (error) {
        this.#leave(first);
        first.reject(error);
      }
    }
    this.#isServing = false;
  }

  async #ask(first: Waiter): Promise<void> {
    this.#mayHaveRoom = false;
    const { decision, giveUp } = await first.turn.ask();
    // The next would find what this one was charged.
    if (this.#waiters[0] !== first) return giveUp();
    if (isWorthWaiting(decision) && this.#mayHaveRoom) return;
    this.#nextTurn = this.#ends.timer.now + decision.retryAfterMs;
    if (isWorthWaiting(decision) && this.#nextTurn <= first.deadline)
      return this.#wait(decision.retryAfterMs);
    this.#leave(first);
    first.resolve(decision);
  }

  /** Whoever has less time than the first must wait is refused at once: nobody comes before it. */
  async #wait(ms: number): Promise<void> {
    for (const waiter of this.#waiters.filter(({ deadline }) => deadline < this.#nextTurn))
      this.#refuse(waiter);
    await new Promise<void>((resolve) => {
      const stop = this.#ends.timer.after(ms, resolve);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
    this.#wake = undefined;
    this.#nextTurn = 0;
  }

  /** There may be room sooner than the first was told. */
  askAgain(): void {
    this.#mayHaveRoom = true;
    this.#wake?.();
  }

  #refuse(waiter: Waiter): void {
    this.#leave(waiter);
    waiter.turn.refusal().then(waiter.resolve, waiter.reject);
  }

  #leave(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    this.#waiters.splice(at, 1);
    if (at === 0) this.#wake?.();
  }
}

/** It will pass, though not now: a block, a store that failed and what can never pass are no reasons to wait. */
function isWorthWaiting({ allowed, reason }: Decision): boolean {
  return !allowed && reason === "limited";
}
