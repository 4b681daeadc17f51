import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWhole } from "../errors/nearestWhole.ts";
import { ownedOption } from "../errors/ownedOption.ts";
import { showWhole } from "../errors/showWhole.ts";
import { meantMs } from "./meantMs.ts";

/** `"500ms"`, `"10s"`, `"1m"`, `"1h"`, `"30d"`: a whole number and a unit, no months and no fractions. */
export type DurationString = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** Units that are summed: `{ minutes: 1, seconds: 30 }`. Whole numbers, at least 0. */
export interface DurationUnits {
  days?: number | undefined;
  hours?: number | undefined;
  minutes?: number | undefined;
  seconds?: number | undefined;
  milliseconds?: number | undefined;
}

/** A length of time: whole milliseconds, a string such as `"10s"`, or units that are summed. */
export type Duration = number | DurationString | DurationUnits;

/** The longest duration that a limit can have: 366 days, in milliseconds. */
export const LONGEST_MS: number = 366 * 86_400_000;

const MS_PER = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MS_PER_UNIT = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
} as const;

/**
 * A duration in whole milliseconds, from 1 ms to 366 days.
 * @param owner what asks, and its option, for the message: `fixedWindow window`
 * @throws ConfigurationError `INVALID_DURATION`
 */
export function durationMs(owner: string, duration: Duration): number {
  const ms = rawMs(duration);
  if (ms !== undefined && Number.isSafeInteger(ms) && ms >= 1 && ms <= LONGEST_MS) return ms;
  const meant = ms === undefined && typeof duration === "string" ? meantMs(duration) : ms;
  const nearest = nearestWhole(meant, 1, LONGEST_MS);
  throw new ConfigurationError(
    "INVALID_DURATION",
    `${owner} must be a duration from 1 ms to 366 days in whole milliseconds (1000, "500ms", "10s", "1m", "1h", "1d"), not ${showWhole(duration)}` +
      (nearest === undefined ? "" : `; the nearest is ${nearest}`),
    { value: duration, nearest, path: ownedOption(owner) },
  );
}

function rawMs(duration: unknown): number | undefined {
  if (typeof duration === "number") return duration;
  if (typeof duration === "string") {
    const match = /^(\d+)(ms|s|m|h|d)$/i.exec(duration);
    return match === null
      ? undefined
      : Number(match[1]) * MS_PER[match[2].toLowerCase() as keyof typeof MS_PER];
  }
  if (typeof duration !== "object" || duration === null) return undefined;
  const counts = Object.entries(duration).filter(([, count]) => count !== undefined);
  if (counts.length === 0) return undefined;
  let sum = 0;
  for (const [unit, count] of counts) {
    if (!(unit in MS_PER_UNIT) || !Number.isSafeInteger(count) || count < 0) return undefined;
    sum += count * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT];
  }
  return sum;
}
