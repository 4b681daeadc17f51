import { checkFunction } from "../../errors/checkFunction.ts";
import { checkWhole } from "../../errors/checkWhole.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { nearestWord } from "../../errors/nearestWord.ts";
import { show } from "../../errors/show.ts";
import type { LimiterEvent, StoreErrorPolicy } from "../../events/LimiterEvent.ts";

/** What happens while the store fails. */
export interface FailureOptions {
  /**
   * What answers in place of a store that fails. `"local"` (default): limits in this process, each at its share of the
   * whole (`replicas`). `"open"`: everything passes, and no numbers are claimed. `"closed"`: everything is refused, over
   * HTTP with 503. `"throw"`: the call throws the StoreError. Decisions say so in `degraded`.
   */
  onStoreError?: StoreErrorPolicy | undefined;
  /**
   * How long a call waits for the store, in whole milliseconds from 1 to 60,000. Default 100. After that the policy
   * answers; the call may still be charged, and it is not sent again. No effect on stores that answer at once.
   */
  timeoutMs?: number | undefined;
  /** How many processes share the limits, 1 to 10,000: `"local"` keeps each limit at `ceil(limit / replicas)`. Default 1. */
  replicas?: number | undefined;
  /** Told when the store begins to fail and when it works again. Default: the console. */
  onEvent?: ((event: LimiterEvent) => unknown) | undefined;
}

/** The names of the options. */
export const FAILURE_OPTIONS: readonly (keyof FailureOptions)[] = [
  "onStoreError",
  "timeoutMs",
  "replicas",
  "onEvent",
];

/** The options, checked and with their defaults. */
export interface FailureSettings {
  readonly policy: StoreErrorPolicy;
  readonly timeoutMs: number;
  readonly replicas: number;
  readonly onEvent: FailureOptions["onEvent"];
}

const POLICIES: readonly StoreErrorPolicy[] = ["local", "open", "closed", "throw"];

/**
 * @param owner whose options they are, for messages
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function readFailureOptions(owner: string, options: FailureOptions): FailureSettings {
  const { onStoreError = "local", timeoutMs = 100, replicas = 1, onEvent } = options;
  if (!POLICIES.includes(onStoreError)) {
    const nearest = typeof onStoreError === "string" ? nearestWord(onStoreError, POLICIES) : undefined;
    const policies = POLICIES.map(show).join(", ");
    throw invalidOption(owner, "onStoreError", onStoreError, policies, nearest ?? "local");
  }
  checkWhole(owner, "timeoutMs", timeoutMs, 60_000);
  checkWhole(owner, "replicas", replicas, 10_000);
  checkFunction(owner, "onEvent", onEvent);
  return { policy: onStoreError, timeoutMs, replicas, onEvent };
}
