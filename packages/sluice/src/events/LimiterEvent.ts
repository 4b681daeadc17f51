import type { StoreError } from "../errors/StoreError.ts";

/** What answers in place of a store that fails. */
export type StoreErrorPolicy = "local" | "open" | "closed" | "throw";

/**
 * The store began to fail, or works again and has not failed for a second: told once for each change, as the limiter finds
 * out by its calls.
 */
export interface DegradedEvent {
  readonly type: "degraded";
  /** The name of the limiter, or the text of the rule. */
  readonly limiter: string;
  /** What answers from now on; false: the store again. */
  readonly degraded: StoreErrorPolicy | false;
  /** Why; undefined when the store works again. */
  readonly error: StoreError | undefined;
}

/** The store answers, and cannot decide until somebody changes a setting: told once for each code. */
export interface ConfigEvent {
  readonly type: "config";
  /** The name of the limiter, or the text of the rule. */
  readonly limiter: string;
  /** Its code is `STORE_MISCONFIGURED`, `STORE_CONTENDED` or `UNKNOWN_RECORD_VERSION`. */
  readonly error: StoreError;
}

/** What `onEvent` of a limiter or a guard is told. */
export type LimiterEvent = DegradedEvent | ConfigEvent;
