import { checkOptions } from "../../errors/checkOptions.ts";
import { checkWhole } from "../../errors/checkWhole.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { LONGEST_MS } from "../../units/duration.ts";
import type { CostOptions } from "../Limiter.ts";

/** What a `wait` may say. */
export interface WaitOptions extends CostOptions {
  /**
   * How long to wait at most, in whole milliseconds from 0 to 366 days. Default 30,000. 0 waits for nothing but the answer of
   * the store. A slot that was booked in time comes at most so long after the store has booked it.
   */
  timeoutMs?: number | undefined;
  /** Ends the wait: it rejects with the reason of the signal, and a slot that was booked is given back if it is the last. */
  signal?: AbortSignal | undefined;
  /** How many of this process may wait on one key, from 1 to 1,000,000: one more is refused at once. Default 1000. */
  maxQueue?: number | undefined;
}

/** The options, checked and with their defaults. */
export interface WaitRequest extends Pick<WaitOptions, "cost" | "signal"> {
  readonly timeoutMs: number;
  readonly maxQueue: number;
}

/** @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` */
export function readWait(options: WaitOptions = {}): WaitRequest {
  checkOptions("wait", options, ["cost", "timeoutMs", "signal", "maxQueue"]);
  const { cost, timeoutMs = 30_000, signal, maxQueue = 1000 } = options;
  checkWhole("wait", "timeoutMs", timeoutMs, LONGEST_MS, 0);
  checkWhole("wait", "maxQueue", maxQueue, 1_000_000);
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw invalidOption("wait", "signal", signal, "an AbortSignal");
  return { cost, timeoutMs, signal, maxQueue };
}
