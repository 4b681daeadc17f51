import type { Timer } from "../../stores/Clock.ts";
import type { Decision } from "../Decision.ts";
import type { Slot } from "./bookSlot.ts";
import type { Endings } from "./Endings.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/** How one who waits asks. */
export interface Turn {
  /** Whether it is its turn now: then it is charged. */
  ask(): Promise<Pick<Slot, "decision" | "giveUp">>;
  /** What it is told if it is not. Charges nothing. */
  refusal(): Promise<Decision>;
}

interface Waiter {
  readonly turn: Turn;
  /** By the timer. */
  readonly deadline: number;
  resolve(decision: Decision | Promise<Decision>): void;
  reject(error: unknown): void;
}

/** Those who wait in this process on one key. */
export class Line {
  readonly #timer: Timer;
  readonly #endings: Endings;
  readonly #waiters: Waiter[] = [];
  #booked = 0;
  #isServing = false;
  /** When the first asks again, by the timer. */
  #nextTurn = 0;
  /** Lets the first of the line ask, though its wait is not over. */
  #wake: (() => void) | undefined;

  constructor(timer: Timer, endings: Endings) {
    this.#timer = timer;
    this.#endings = endings;
  }

  get length(): number {
    return this.#waiters.length + this.#booked;
  }

  /** Whether anybody stands in line here. */
  get isFormed(): boolean {
    return this.#waiters.length > 0;
  }

  /** The store knows the slot of each, so nobody asks again. */
  async waitForSlot(book: () => Promise<Slot>, { signal }: WaitRequest): Promise<Decision> {
    this.#booked++;
    try {
      const { decision, waitMs, giveUp } = await book();
      this.#checkStillThere(signal, giveUp);
      if (waitMs > 0) await this.#pause(waitMs, signal, giveUp);
      return decision;
    } finally {
      this.#booked--;
    }
  }

  /** It may have ended while the store was asked. */
  #checkStillThere(signal: AbortSignal | undefined, giveUp: () => void): void {
    try {
      this.#endings.check(signal);
    } catch (reason) {
      giveUp();
      throw reason;
    }
  }

  #pause(ms: number, signal: AbortSignal | undefined, giveUp: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (reason: unknown) => {
        stop();
        giveUp();
        reject(reason);
      };
      const forget = this.#endings.onEnd(signal, end);
      const stop = this.#timer.after(ms, () => {
        forget();
        resolve();
      });
    });
  }

  /** The first of the line asks, and again when its wait is over; those behind it wait for it. */
  waitForTurn(turn: Turn, { signal, timeoutMs }: WaitRequest): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        this.#leave(waiter);
        reject(reason);
      };
      const forget = this.#endings.onEnd(signal, leave);
      const waiter: Waiter = {
        turn,
        deadline: this.#timer.now + timeoutMs,
        resolve: (decision) => (forget(), resolve(decision)),
        reject: (error) => (forget(), reject(error)),
      };
      this.#waiters.push(waiter);
      if (this.#waiters.length === 1) void this.#serve();
      else if (waiter.deadline < this.#nextTurn) this.#refuse(waiter);
    });
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    for (let first = this.#waiters[0]; first !== undefined; first = this.#waiters[0]) {
      try {
        await this.#ask(first);
      } catch (error) {
        this.#leave(first);
        first.reject(error);
      }
    }
    this.#isServing = false;
  }

  async #ask(first: Waiter): Promise<void> {
    const { decision, giveUp } = await first.turn.ask();
    if (this.#waiters[0] !== first) return giveUp();
    this.#nextTurn = this.#timer.now + decision.retryAfterMs;
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
      const stop = this.#timer.after(ms, resolve);
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
    this.#wake?.();
  }

  #refuse(waiter: Waiter): void {
    this.#leave(waiter);
    waiter.resolve(waiter.turn.refusal());
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
