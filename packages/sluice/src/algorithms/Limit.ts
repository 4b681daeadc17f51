import type { Machine, Params, State } from "./Machine.ts";

/** How an algorithm is called: one of ours, or any text, for an algorithm of yours. */
export type AlgorithmName =
  | "fixed-window"
  | "sliding-window"
  | "sliding-log"
  | "token-bucket"
  | "leaky-bucket"
  | "gcra"
  | "adaptive"
  | "concurrency"
  | (string & {});

/** What an algorithm tells beside the numbers that all have: its own words, as numbers. */
export type Details = Readonly<Record<string, number | string>>;

/** One algorithm with its parameters and a name. Made by `tokenBucket(...)` and its siblings; plain data. */
export interface Limit<P extends Params = Params> {
  readonly algorithm: AlgorithmName;
  /** The name that was given. A state is found by it, so giving or changing a name starts afresh. */
  readonly name: string | undefined;
  /** Which of the subjects of a call it counts; undefined where a call has but one key. */
  readonly by: string | undefined;
  /** How a limit without a name is called beside others: `"10/s"`. */
  readonly text: string;
  /** The most that can be remaining. */
  readonly limit: number;
  /** The window, or the time in which an empty bucket fills, in milliseconds. */
  readonly windowMs: number;
  /** The window or period by which a state is found: a limit that changes keeps its usage, a new period starts afresh. */
  readonly periodMs: number;
  /** Refused calls are charged too, as far as there is room. */
  readonly countDenied: boolean;
  /** Tells what it would do, and never refuses. */
  readonly dryRun: boolean;
  /** Counts what runs at once: what was reserved is given back whole when it is settled. */
  readonly isLease: boolean;
  readonly machine: Machine<P>;
  /** The integers that the step works with, in the order in which its twins take them. */
  readonly params: P;
  /** The last numbers of the state, kept once for all keys of a pool instead of once a key. */
  readonly sharedWidth: number;
  /** The state at `now`, in words, for a decision: `{ tokens: 3.5 }`. */
  details(params: P, state: State, now: number): Details;
  /**
   * The same limit for one of several processes that share it: its amount, divided and rounded up.
   * @throws ConfigurationError `LIMIT_TOO_FINE`
   */
  share(replicas: number): Limit<P>;
}

/** What every algorithm takes beside its own options. */
export interface LimitOptions {
  /**
   * How the limit is called in decisions, headers and cost maps: printable ASCII, 1 to 64 characters.
   * Default: `"default"` for a single limit, else its limit string.
   */
  name?: string | undefined;
  /**
   * Which subject of a call is counted: 1 to 64 printable ASCII characters. With `by: "tenant"` calls name their subjects,
   * `consume({ user: "42", tenant: "acme" })`, and every limit of the limiter says `by`. Default: a call has one key.
   */
  by?: string | undefined;
  /**
   * Charge refused calls too, as far as there is room, so that hammering does not pay. A sliding window charges them to the
   * window of now up to the limit, whatever the one before still weighs. Default false.
   */
  countDenied?: boolean | undefined;
  /** Decide and tell, but never refuse. Default false. */
  dryRun?: boolean | undefined;
}
