import type { Limit } from "../../algorithms/Limit.ts";
import type { Standing, State, Verdict } from "../../algorithms/Machine.ts";
import type { Call, Model } from "../models/Model.ts";
import type { Move } from "./Move.ts";

/** The longest that one move lets pass, in microseconds, so that no history leaves the centuries that are exact. */
const LONGEST_PASS = 7e13;

/** A step and a model side by side, over the calls of one key. */
export class Trial {
  readonly limit: Limit;
  readonly model: Model;
  /** Every call that was charged, for the model. */
  readonly calls: Call[];
  state: State;
  /** Microseconds since the epoch. */
  now: number;
  /** The last answer, to which moves refer. */
  last: Verdict;

  constructor(
    limit: Limit,
    model: Model,
    now: number,
    state: State = emptyState(limit),
    calls: readonly Call[] = [],
  ) {
    this.limit = limit;
    this.model = model;
    this.now = now;
    this.state = state;
    this.calls = [...calls];
    this.last = this.ask(0);
  }

  /** The same moment once more, to go on from in another way. */
  copy(state: State = [...this.state]): Trial {
    return new Trial(this.limit, this.model, this.now, state, this.calls);
  }

  /** What the step says of a cost, now or some microseconds later. Its `state` is what would be stored. */
  ask(cost: number, later = 0, counted = false): Verdict {
    const { limit, now } = this;
    const state = [...this.state];
    const verdict = { fits: false, wait: 0, remaining: 0, reset: 0, life: 0, state };
    limit.machine.step(limit.params, state, now + later, cost, counted, verdict);
    return verdict;
  }

  /** What the definition has room for, now or some microseconds later. */
  room(later = 0): number {
    return this.model.room(this.calls, this.now + later);
  }

  /** Charges a cost that fits. */
  consume(cost: number): Verdict {
    return this.#charge(cost, this.ask(cost));
  }

  /**
   * Charges a refused cost, as far as there is room (`countDenied`): where it would have fitted, another limit refused it.
   * Never one that never can fit.
   */
  insist(cost: number): Verdict {
    const verdict = this.ask(cost, 0, true);
    return this.#charge(cost, verdict, verdict.wait !== Infinity, true);
  }

  /** Changes what was charged at some instant, whether it fits or not. The model is not told. */
  adjust(amount: number, at: number = this.now, standing?: Standing): void {
    const { machine, params } = this.limit;
    this.state = this.ask(0).state;
    machine.adjust(params, this.state, this.now, amount, at, standing);
    this.last = this.ask(0);
  }

  /**
   * Books the slot of a cost that does not fit yet.
   * @returns whether it was booked
   */
  book(cost: number): boolean {
    const { machine, params } = this.limit;
    this.state = this.ask(0).state;
    if (machine.book?.(params, this.state, cost) !== true) return false;
    this.calls.push({ time: this.now, cost });
    this.last = this.ask(0);
    return true;
  }

  /** Goes through a history; `look` comes before each call is made. */
  play(
    moves: readonly Move[],
    look: (cost: number) => void,
    call: (cost: number) => void = (cost) => this.consume(cost),
  ): void {
    for (const move of moves) {
      this.pass(this.timeOf(move));
      const cost = this.costOf(move);
      look(cost);
      call(cost);
    }
  }

  pass(microseconds: number): void {
    this.now += microseconds;
  }

  /** How long a move waits, in whole microseconds. */
  timeOf({ pass, share, late }: Move): number {
    const { last } = this;
    const window = Math.max(1, Math.floor(this.limit.windowMs * 1000));
    const times = {
      nothing: 0,
      "a moment": Math.floor(3000 * share),
      "a share": Math.floor(2 * window * share),
      "until an edge": window - (this.now % window),
      "the wait": last.wait === Infinity ? 0 : last.wait,
      "the reset": last.reset,
    };
    return Math.min(Math.max(0, times[pass] + late), LONGEST_PASS);
  }

  costOf({ cost, part, more }: Move): number {
    const { limit } = this.limit;
    const costs = {
      nothing: 0,
      one: 1,
      "a part": Math.floor(limit * part ** 3),
      "what remains": cost === "what remains" ? this.ask(0).remaining : 0,
      "the limit": limit,
    };
    return Math.max(0, costs[cost] + more);
  }

  #charge(
    cost: number,
    verdict: Verdict,
    isCharged: boolean = verdict.fits,
    refused: boolean = false,
  ): Verdict {
    this.last = verdict;
    if (!isCharged) return verdict;
    this.state = [...verdict.state];
    if (cost > 0) this.calls.push({ time: this.now, cost, refused });
    return verdict;
  }
}

function emptyState({ machine }: Limit): State {
  return Array.from({ length: machine.width }, () => 0);
}
