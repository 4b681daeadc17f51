import type { LimitsInput } from "../../algorithms/readLimits.ts";
import type { Key } from "../Limiter.ts";

/** A function that tells under which limits a key stands, at once. */
export type SyncLimitsProvider<K extends Key = string> = (key: K) => LimitsInput;

/** The same, if need be later: it has `timeoutMs` for its answer. */
export type LimitsProvider<K extends Key = string> = (key: K) => LimitsInput | Promise<LimitsInput>;

/** New limits for a limiter that is at work. */
export type LimitsUpdate<Provider = LimitsProvider> = {
  /** What holds from the next call on. */
  limits: LimitsInput | Provider;
} & Carry;

/** What becomes of what was used under the limits before. */
export type Carry =
  | {
      /**
       * `"clamp"` (default): it stays used; the new limit counts at most a whole one of its own. It is found by algorithm, window
       * and name, so that a new window starts afresh.
       */
      carry?: "clamp" | undefined;
      version?: undefined;
    }
  | {
      /**
       * `"reset"`: everybody starts afresh. `"proportional"`: what was used of a limit is the same share of the new one, rounded
       * up, as each key first calls; limits belong together by name, or without one by place. Blocks stay in both.
       */
      carry: "reset" | "proportional";
      /**
       * Names the fresh counters: 1 to 64 printable ASCII characters. Processes that give the same version find the same
       * counters; a version that was used before finds what is left of them.
       */
      version: string;
    };
