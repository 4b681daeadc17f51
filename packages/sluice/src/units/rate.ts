import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { nearestWhole } from "../errors/nearestWhole.ts";
import { ownedOption } from "../errors/ownedOption.ts";
import { show } from "../errors/show.ts";
import { showWhole } from "../errors/showWhole.ts";
import { type Duration, durationMs, LONGEST_MS } from "./duration.ts";
import { greatestCommonDivisor } from "./greatestCommonDivisor.ts";
import { LARGEST_AMOUNT } from "./largestAmount.ts";
import { nearestRate } from "./nearestRate.ts";
import { rateText } from "./rateText.ts";

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

/**
 * Reads a limit string: a whole number, `/` or `per`, and a unit with an optional whole count.
 * @returns undefined for anything else
 */
export function parseRateString(text: string): ReducedRate | undefined {
  const match = /^(\d+)(?:\/| per )(?:(\d+) ?)?([a-z]{1,12})$/i.exec(text);
  if (match === null) return undefined;
  const unit = match[3].toLowerCase();
  const count = Number(match[2] ?? 1);
  if (!Object.hasOwn(UNIT_MS, unit) || count < 1) return undefined;
  return { amount: Number(match[1]), periodMs: count * UNIT_MS[unit as RateUnit] };
}

/**
 * A rate as whole amount per whole milliseconds. A list is summed as fractions, without rounding.
 * @param owner what asks, for the message: `tokenBucket refill`
 * @throws ConfigurationError `INVALID_LIMIT`, `INVALID_DURATION`
 */
export function reduceRate(owner: string, rate: Rate): ReducedRate {
  if (!Array.isArray(rate)) return readRate(owner, rate as Exclude<Rate, readonly unknown[]>);
  if (rate.length === 0) throw invalidRate(owner, rate);
  return rate
    .map((part, i) => readRate(`${owner}[${i}]`, part))
    .reduce((sum, part) => addRates(owner, sum, part));
}

function readRate(owner: string, rate: RateString | { amount: number; per: Duration }): ReducedRate {
  if (typeof rate === "string") return readText(owner, rate);
  if (typeof rate !== "object" || rate === null || Array.isArray(rate)) throw invalidRate(owner, rate);
  checkOptions(owner.replace(" ", "."), rate, ["amount", "per"]);
  return checkRate(owner, rate, { amount: rate.amount, periodMs: durationMs(`${owner} per`, rate.per) });
}

function readText(owner: string, text: RateString): ReducedRate {
  const rate = parseRateString(text);
  if (rate === undefined) throw invalidRate(owner, text, nearestRate(text, 1));
  if (rate.periodMs <= LONGEST_MS) return checkRate(owner, text, rate);
  const nearest = nearestRate(text, 1);
  const message = `${owner} ${show(text)} must be a rate over at most 366 days; the nearest is ${show(nearest)}`;
  throw new ConfigurationError("INVALID_DURATION", message, {
    value: text,
    nearest,
    path: ownedOption(owner),
  });
}

function checkRate(owner: string, given: unknown, rate: ReducedRate): ReducedRate {
  if (Number.isSafeInteger(rate.amount) && rate.amount >= 1 && rate.amount <= LARGEST_AMOUNT) return rate;
  const amount = nearestWhole(rate.amount, 1, LARGEST_AMOUNT);
  throw invalidRate(owner, given, amount === undefined ? undefined : rateText({ ...rate, amount }));
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
    path: ownedOption(owner),
  });
}

function invalidRate(owner: string, value: unknown, nearest?: string): ConfigurationError {
  const hint = nearest === undefined ? "" : `; the nearest is ${show(nearest)}`;
  return new ConfigurationError(
    "INVALID_LIMIT",
    `${owner} must be a rate such as "10/s", "100 per minute" or { amount: 5, per: "10m" }, with a whole amount from 1 to ${LARGEST_AMOUNT}, not ${showWhole(value)}${hint}`,
    { value, nearest, path: ownedOption(owner) },
  );
}
