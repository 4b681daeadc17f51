import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";
import { parseRateString, type RateString } from "../units/rate.ts";
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
  if (typeof input === "object" && input !== null && "machine" in input && "params" in input) return input;
  const rate = typeof input === "string" ? parseRateString(input) : undefined;
  if (rate !== undefined) return slidingWindow({ limit: rate.amount, window: rate.periodMs });
  throw new ConfigurationError(
    "INVALID_LIMIT",
    `${owner} limits takes limits such as slidingWindow({ limit: 100, window: "1m" }), or strings such as "100/m" and "5 per 10 minutes", not ${show(input)}`,
    { value: input, nearest: "100/m", path: optionPath(owner, "limits") },
  );
}
