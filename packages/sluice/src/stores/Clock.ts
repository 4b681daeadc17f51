import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";

/** Tells the time: whole microseconds since the epoch. One that stands still until it is moved is a {@link Timer}, too. */
export type Clock = () => number;

/** Lets time pass. */
export interface Timer {
  /** Milliseconds, from any instant on. */
  readonly now: number;
  /**
   * Calls back when so many milliseconds have passed, not before.
   * @returns ends that
   */
  after(ms: number, callback: () => void): () => void;
}

/** The clock as a timer, if it is one: `manualClock()`. */
export function timerOf(clock: Clock | undefined): Timer | undefined {
  return clock !== undefined && "after" in clock ? (clock as Clock & Timer) : undefined;
}

/** No instant in microseconds that a test would choose lies before this, and no `Date.now()` for millennia after it. */
const EARLIEST = 1e14;

/**
 * Refuses what is no clock, and one that tells milliseconds.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkClock(owner: string, clock: unknown): void {
  const time: unknown = typeof clock === "function" ? clock() : undefined;
  if (Number.isSafeInteger(time) && isInstant(time as number, clock as Clock)) return;
  const told = typeof clock === "function" ? `one that tells ${show(time)}` : show(clock);
  const message = `${owner} clock must tell whole microseconds since the epoch, as manualClock() does, not ${told}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: clock, path: "clock" });
}

/** A clock that is moved by a test may stand anywhere. */
function isInstant(time: number, clock: Clock): boolean {
  return time === 0 || time >= EARLIEST || timerOf(clock) !== undefined;
}
