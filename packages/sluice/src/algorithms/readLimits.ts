import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";
import { showWhole } from "../errors/showWhole.ts";
import { nearestRate } from "../units/nearestRate.ts";
import { parseRateString, type RateString, type ReducedRate } from "../units/rate.ts";
import { rateText } from "../units/rateText.ts";
import type { Limit } from "./Limit.ts";
import { slidingWindow } from "./window/slidingWindow.ts";

/** A limit as an object, or as a string, which is a sliding window: `"100/m"`. */
export type LimitInput = Limit | RateString;

/** One limit or several. */
export type LimitsInput = LimitInput | readonly LimitInput[];

/**
 * Reads one limit or a list.
 * @throws ConfigurationError `INVALID_LIMIT` for an empty list, or anything that is no limit
 */
export function readLimits(owner: string, input: LimitsInput): readonly Limit[] {
  const list = Array.isArray(input) ? input : [input];
  if (list.length === 0) {
    throw new ConfigurationError("INVALID_LIMIT", `${owner} limits must not be empty`, {
      value: input,
      nearest: "100/m",
      path: optionPath(owner, "limits"),
    });
  }
  return list.map((limit) => readLimit(owner, limit));
}

function readLimit(owner: string, input: LimitInput): Limit {
  if (isLimit(input)) return input;
  if (typeof input !== "string") throw noLimit(owner, input, "100/m");
  const rate = parseRateString(input);
  if (rate === undefined) throw noLimit(owner, input, nearestRate(input, 0));
  try {
    return windowOf(rate);
  } catch (error) {
    throw error instanceof ConfigurationError ? outOfRange(owner, input, rate, error) : error;
  }
}

/** A limit that went through JSON looks like one, and has lost its functions. */
function isLimit(input: unknown): input is Limit {
  const { machine, details, share } = (input ?? {}) as Partial<Limit>;
  return typeof machine?.step === "function" && typeof details === "function" && typeof share === "function";
}

function windowOf({ amount, periodMs }: ReducedRate): Limit {
  return slidingWindow({ limit: amount, window: periodMs });
}

function noLimit(owner: string, value: unknown, nearest: string | undefined): ConfigurationError {
  const wanted =
    'limits such as slidingWindow({ limit: 100, window: "1m" }), or strings such as "100/m" and "5 per 10 minutes"';
  const hint = nearest === undefined || typeof value !== "string" ? "" : `; the nearest is ${show(nearest)}`;
  const message = `${owner} limits takes ${wanted}, not ${told(value)}${hint}`;
  return new ConfigurationError("INVALID_LIMIT", message, {
    value,
    nearest,
    path: optionPath(owner, "limits"),
  });
}

function told(value: unknown): string {
  const isCopy = typeof value === "object" && value !== null && "machine" in value && "params" in value;
  return isCopy ? "a copy of a limit, as of JSON, which has lost its functions" : showWhole(value);
}

/** The string says it all, so its nearest is a string, too. */
function outOfRange(
  owner: string,
  value: string,
  rate: ReducedRate,
  { code, message }: ConfigurationError,
): ConfigurationError {
  const nearest = rateText(nearestWindow(rate));
  const [fault] = message.split("; the nearest");
  const told = `${owner} limits ${show(value)}: ${fault}; the nearest is ${show(nearest)}`;
  return new ConfigurationError(code, told, { value, nearest, path: optionPath(owner, "limits") });
}

function nearestWindow(rate: ReducedRate): ReducedRate {
  try {
    windowOf(rate);
    return rate;
  } catch (error) {
    const { path, nearest } = error as { path: string; nearest: number };
    return nearestWindow({ ...rate, [path === "window" ? "periodMs" : "amount"]: nearest });
  }
}
