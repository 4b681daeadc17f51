import type { Limit } from "../algorithms/Limit.ts";
import type { Verdict } from "../algorithms/Machine.ts";

/** What a limiter asks of a store again and again, told once: which states, decided by which limits. */
export interface Plan {
  readonly namespace: string;
  readonly pool: string;
  /** Decided together, in this order, all or none. */
  readonly limits: readonly Limit[];
  readonly block: BlockPlan;
}

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
  /** The store was not asked: it is sure that the call would be refused. */
  cached?: boolean;
  /** The store is full, and this key shared a bucket with others. */
  overflow: boolean;
  /** One for each limit of the plan, in order. */
  readonly verdicts: readonly Verdict[];
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
  /** Forgets what the keys spent in this pool, and the block in this plan's scope. */
  reset(keys: Keys, blockKey?: string): Promise<void>;
}

/** Where state lives and steps run atomically. */
export interface Store {
  /** Other programs may keep limits in the same place, so that a namespace is needed to keep them apart. */
  readonly isShared?: boolean;
  /** @throws ConfigurationError if it cannot decide the plan in one atomic step */
  prepare(plan: Plan): PreparedPlan;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Ends what the store itself started, never a client that it was given. */
  close(): Promise<void>;
}

export interface SyncPreparedPlan extends PreparedPlan {
  decideSync(keys: Keys, costs: Costs, mode: Mode, blockKey?: string): Outcome;
  resetSync(keys: Keys, blockKey?: string): void;
}

/** A store that decides at once, without waiting: memory and SQLite. */
export interface SyncStore extends Store {
  prepare(plan: Plan): SyncPreparedPlan;
}
