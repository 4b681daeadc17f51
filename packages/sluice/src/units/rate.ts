import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { type Duration, durationMs } from "./duration.ts";
import { greatestCommonDivisor } from "./greatestCommonDivisor.ts";

const UNIT_MS = {
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
} as const;

type RateUnit = keyof typeof UNIT_MS;
type Period = RateUnit | `${number}${RateUnit}` | `${number} ${RateUnit}`;

/** `"10/s"`, `"100 per minute"`, `"5 per 10 minutes"`. At run time case does not matter. */
export type RateString = `${number}/${Period}` | `${number} per ${Period}`;

/** An amount per time. Several are summed exactly: `["1/s", { amount: 30, per: "1h" }]`. */
export type Rate =
  | RateString
  | { amount: number; per: Duration }
  | readonly (RateString | { amount: number; per: Duration })[];

/** `amount` per `periodMs`, both whole. */
export interface ReducedRate {
  amount: number;
  periodMs: number;
}

/** The largest amount that a limit can have. */
export const LARGEST_AMOUNT = 1_000_000_000;

/**
 * Reads a limit string: a whole number, `/` or `per`, and a unit with an optional whole count.
 * @returns undefined for anything else
 */
export function parseRateString(text: string): ReducedRate | undefined {
  const match = /^(\d{1,10})(?:\/| per )(?:(\d{1,10}) ?)?([a-z]{1,12})$/i.exec(text);
  if (match === null) return undefined;
  const unit = (UNIT_MS as Record<string, number | undefined>)[match[3].toLowerCase()];
  const count = Number(match[2] ?? 1);
  if (unit === undefined || count < 1) return undefined;
  return { amount: Number(match[1]), periodMs: count * unit };
}

/**
 * A rate as whole amount per whole milliseconds. A list is summed as fractions, without rounding.
 * @param owner what asks, for the message: `tokenBucket refill`
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`
 */
export function reduceRate(owner: string, rate: Rate): ReducedRate {
  if (!Array.isArray(rate)) return readRate(owner, rate as Exclude<Rate, readonly unknown[]>);
  if (rate.length === 0) throw invalidRate(owner, rate);
  return rate.map((part) => readRate(owner, part)).reduce((sum, part) => addRates(owner, sum, part));
}

function readRate(owner: string, rate: RateString | { amount: number; per: Duration }): ReducedRate {
  if (
    typeof rate === "object" &&
    rate !== null &&
    Object.keys(rate).every((name) => name === "amount" || name === "per")
  ) {
    return checkRate(owner, rate, { amount: rate.amount, periodMs: durationMs(`${owner} per`, rate.per) });
  }
  const parsed = typeof rate === "string" ? parseRateString(rate) : undefined;
  if (parsed === undefined) throw invalidRate(owner, rate);
  durationMs(`${owner} ${show(rate)}`, parsed.periodMs);
  return checkRate(owner, rate, parsed);
}

function checkRate(owner: string, given: unknown, rate: ReducedRate): ReducedRate {
  if (Number.isSafeInteger(rate.amount) && rate.amount >= 1 && rate.amount <= LARGEST_AMOUNT) return rate;
  throw invalidRate(owner, given);
}

function addRates(owner: string, a: ReducedRate, b: ReducedRate): ReducedRate {
  const shared = greatestCommonDivisor(a.periodMs, b.periodMs);
  const sum = {
    amount: a.amount * (b.periodMs / shared) + b.amount * (a.periodMs / shared),
    periodMs: a.periodMs * (b.periodMs / shared),
  };
  if (Number.isSafeInteger(sum.amount) && Number.isSafeInteger(sum.periodMs)) return sum;
  throw new ConfigurationError("LIMIT_TOO_FINE", `${owner}: the sum of these rates cannot be kept exactly`, {
    value: sum,
  });
}

function invalidRate(owner: string, value: unknown): ConfigurationError {
  return new ConfigurationError(
    "INVALID_LIMIT",
    `${owner} must be a rate such as "10/s", "100 per minute" or { amount: 5, per: "10m" }, with a whole amount from 1 to ${LARGEST_AMOUNT}, not ${show(value)}`,
    { value },
  );
}
