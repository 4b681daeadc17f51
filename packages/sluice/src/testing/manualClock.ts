import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Clock, Timer } from "../stores/Clock.ts";
import { type Duration, durationMs } from "../units/duration.ts";

/** A clock that stands still until a test moves it: `memoryStore({ clock })`. */
export interface ManualClock extends Clock, Timer {
  /** Milliseconds since the epoch; may have three decimals. */
  readonly now: number;
  /**
   * Lets time pass: `advance("10s")`, or milliseconds to the microsecond, so that `advance(decision.retryAfterMs)` lands
   * exactly where the call passes.
   */
  advance(duration: Duration): void;
  /** Lets whole microseconds pass; fewer than 0 step the clock back. */
  advanceMicroseconds(microseconds: number): void;
  /** Sets the time, back too: milliseconds since the epoch. */
  set(epochMs: number): void;
}

/** 1 January 2026, 00:00 UTC: an edge of every window that divides a day. */
const DEFAULT_EPOCH_MS: number = Date.UTC(2026, 0, 1);

/**
 * A clock for tests.
 * @param epochMs where it starts, in milliseconds since the epoch. Default: 1 January 2026, 00:00 UTC
 * @throws ConfigurationError `INVALID_DURATION` for a time that is none
 */
export function manualClock(epochMs: number = DEFAULT_EPOCH_MS): ManualClock {
  let now = microseconds("manualClock", epochMs);
  const alarms = new Set<Alarm>();
  const moveTo = (time: number): void => {
    now = time;
    for (const alarm of [...alarms].toSorted((a, b) => a.at - b.at)) {
      if (alarm.at <= now && alarms.delete(alarm)) alarm.ring();
    }
  };
  const move = (by: number): void => moveTo(checkTime("manualClock advance", now + by, by));
  const clock = Object.assign((): number => now, {
    advance: (duration: Duration): void => {
      const ms = typeof duration === "number" ? duration : durationMs("manualClock advance", duration);
      move(microseconds("manualClock advance", ms));
    },
    advanceMicroseconds: move,
    set: (time: number): void => moveTo(microseconds("manualClock set", time)),
    after: (ms: number, callback: () => void): (() => void) => {
      const alarm = { at: now + Math.ceil(ms * 1000), ring: callback };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
  });
  return Object.defineProperty(clock, "now", { get: () => now / 1000 }) as typeof clock & { now: number };
}

interface Alarm {
  /** Microseconds since the epoch. */
  readonly at: number;
  ring(): void;
}

/** Milliseconds as microseconds: whole, but for the rounding of a product of doubles. */
function microseconds(owner: string, ms: number): number {
  const whole = typeof ms === "number" ? Math.round(ms * 1000) : Number.NaN;
  const isWhole = Math.abs(whole - ms * 1000) <= Math.max(1e-3, Math.abs(whole) * 2 ** -52);
  return checkTime(owner, isWhole ? whole : Number.NaN, ms);
}

function checkTime(owner: string, time: number, given: unknown): number {
  if (Number.isSafeInteger(time) && time >= 0) return time;
  throw new ConfigurationError(
    "INVALID_DURATION",
    `${owner} takes milliseconds from 0, to the microsecond, not ${show(given)}`,
    { value: given },
  );
}
