import type { Listenable } from "../events/EventStream.ts";
import type { Limit } from "../algorithms/Limit.ts";
import type { Verdict } from "../algorithms/Machine.ts";
import type { Timer } from "./Clock.ts";

/** What a limiter asks of a store again and again, told once: which states, decided by which limits. */
export interface Plan {
  readonly namespace: string;
  readonly pool: string;
  /** Decided together, in this order, all or none. */
  readonly limits: readonly Limit[];
  readonly block: BlockPlan;
}

/** Which keys are blocked together, and whether a refusal starts a block. */
export interface BlockPlan {
  /** Keys are blocked per namespace and scope; `""` is the whole namespace. */
  readonly scope: string;
  /** Microseconds that a refused key stays blocked; 0 starts no block. */
  readonly duration: number;
}

/** One key for every limit of the plan, or one for each of its subjects, in order: see `by`. */
export type Keys = string | readonly string[];

/** One cost for every limit of the plan, or one for each, in order. Whole numbers, at least 0. */
export type Costs = number | readonly number[];

/** `consume` charges what it admits; `peek` answers the same and writes nothing. */
export type Mode = "consume" | "peek";

/**
 * What a store answers. A synchronous store may hand out the same object again at its next decision, so read it at once.
 */
export interface Outcome {
  /** The instant of the decision on the store's clock, in microseconds since the epoch. */
  now: number;
  /** Every limit that takes part fits, and the key is not blocked. */
  allowed: boolean;
  /** The key was blocked before this call: nothing was charged. */
  blocked: boolean;
  /** Microseconds until the block ends, also of one that this call started; 0 without a block. */
  blockedFor: number;
  /** The store is full, and this key shared a bucket with others. */
  overflow: boolean;
  /** One for each limit of the plan, in order. */
  readonly verdicts: readonly Verdict[];
}

/**
 * What is done to the states of a key beside deciding, at one instant, in one atomic step. Times are whole microseconds.
 *
 * - `refund` gives costs back, never above full; what counts at once is none of them.
 * - `book` consumes; where a cost does not fit yet, but would within `most`, it is charged nevertheless, and the waits of
 *   the verdicts tell when its slot comes.
 * - `unbook` gives a booked slot back if it is the last: each limit is full again at the instant in `until`, or
 *   was by then.
 * - `reserve` consumes, and remembers under `id` for `ttl` what was charged. An id that is remembered charges nothing.
 *   `nonce` is random: a reset forgets what was reserved before it.
 * - `settle` makes what was reserved what it really cost, once. What limits count at once is given back whole. The id stays
 *   remembered, so that it may be repeated; with `forget` it is forgotten at once, for it is nobody else's.
 * - `renew` remembers for another `ttl`, and so does what counts at once.
 * - `block` refuses the key for `duration`; 0 unblocks.
 */
export type Act =
  | { readonly does: "refund"; readonly costs: Costs }
  | { readonly does: "book"; readonly costs: Costs; readonly most: number }
  | { readonly does: "unbook"; readonly costs: Costs; readonly until: readonly number[] }
  | {
      readonly does: "reserve";
      readonly costs: Costs;
      readonly id: string;
      readonly ttl: number;
      readonly nonce: number;
    }
  | { readonly does: "settle"; readonly costs: Costs; readonly id: string; readonly forget?: boolean }
  | { readonly does: "renew"; readonly id: string; readonly ttl: number }
  | { readonly does: "block"; readonly duration: number };

/** What is remembered under the id of an act: nothing, or no longer; what may be settled; what was settled. */
export type HoldStatus = "none" | "open" | "settled";

/**
 * After an act: what `verdicts` tell is what a cost of 0 finds, but for `book` and a refused `reserve`, which tell of their
 * costs. Only `book` and `reserve` can be refused.
 */
export interface ActOutcome extends Outcome {
  /** As the act found it; of a `reserve` that charged, `"none"`. */
  hold: HoldStatus;
}

/** A plan made ready by a store. */
export interface PreparedPlan {
  /**
   * Decides all limits of the plan, at one instant of the store's clock, in one atomic step.
   * @param blockKey under which a block is found and started, where keys of this pool are parts of one; default the
   *   first of `keys`
   * @throws StoreError
   */
  decide(keys: Keys, costs: Costs, mode: Mode, blockKey?: string): Promise<Outcome>;
  /** What is sure without asking: a refusal that lasts. For both modes. */
  known?(keys: Keys, costs: Costs, blockKey?: string): Outcome | undefined;
  /**
   * Does what is asked, to all limits of the plan.
   * @throws StoreError
   */
  act(keys: Keys, act: Act, blockKey?: string): Promise<ActOutcome>;
  /** Forgets what the keys spent in this pool, what they reserved, and the block in this plan's scope. */
  reset(keys: Keys, blockKey?: string): Promise<void>;
}

/** Where state lives and steps run atomically. */
export interface Store {
  /** Other programs may keep limits in the same place, so that a namespace is needed to keep them apart. */
  readonly isShared?: boolean;
  /** Where it tells its warnings, and that it is full; limiters pass that on to who listens to them. */
  readonly events?: Listenable;
  /** @throws ConfigurationError if it cannot decide the plan in one atomic step */
  prepare(plan: Plan): PreparedPlan;
  /** Lets time pass as the clock of the store does, where that is not the clock of the host: for tests. */
  readonly timer?: Timer | undefined;
  /**
   * Resolves when the store answers.
   * @throws StoreError `STORE_TIMEOUT` if a Redis or a PostgreSQL has not after 5 seconds
   */
  ping(): Promise<void>;
  /** Ends what the store itself started, never a client that it was given. */
  close(): Promise<void>;
}

/** A plan made ready by a store that answers at once: the same verbs without a promise, which throw what the others reject with. */
export interface SyncPreparedPlan extends PreparedPlan {
  decideSync(keys: Keys, costs: Costs, mode: Mode, blockKey?: string): Outcome;
  actSync(keys: Keys, act: Act, blockKey?: string): ActOutcome;
  resetSync(keys: Keys, blockKey?: string): void;
}

/** A store that decides at once, without waiting: memory and SQLite. */
export interface SyncStore extends Store {
  prepare(plan: Plan): SyncPreparedPlan;
}
