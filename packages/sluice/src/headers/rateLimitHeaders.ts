import { checkOptions } from "../errors/checkOptions.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import type { Decision } from "../limiter/Decision.ts";
import { checkDecisions } from "./checkDecisions.ts";
import { checkStyle } from "./checkStyle.ts";
import type { HeaderList } from "./HeaderList.ts";
import type { HeaderStyle } from "./HeaderStyle.ts";
import { limitFields } from "./limitFields.ts";
import { retryAfterSeconds } from "./ceilSeconds.ts";
import { toldWaitMs } from "./toldWaitMs.ts";

/** The last millisecond of the year 9999: RFC 3339 writes no later one. */
const LAST_DATE_MS = Date.UTC(10_000, 0) - 1;

/** The options of `rateLimitHeaders`. */
export interface HeaderOptions {
  /** Default `"draft-11"`. */
  headers?: HeaderStyle | undefined;
  /** Adds `pk`, a hash of the key, to both fields of draft-11. Default false. */
  partitionKey?: boolean | undefined;
  /** The time for dates, in milliseconds since the epoch. Default `Date.now()`. */
  nowMs?: number | undefined;
}

/**
 * The header fields of one decision, or of several that were made for one request. A refusal also has `Retry-After` and
 * `Cache-Control: no-store`. Limits in `dryRun` are not told.
 *
 * @example for (const [name, value] of Object.entries(rateLimitHeaders(decision))) response.setHeader(name, value);
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function rateLimitHeaders(
  decisions: Decision | readonly Decision[],
  options: HeaderOptions = {},
): Record<string, string> {
  checkOptions("rateLimitHeaders", options, ["headers", "partitionKey", "nowMs"]);
  const { headers = "draft-11", partitionKey = false, nowMs = 0 } = options;
  checkStyle("rateLimitHeaders", headers);
  checkSwitch("rateLimitHeaders", "partitionKey", partitionKey);
  if (typeof nowMs !== "number" || !(nowMs >= 0 && nowMs <= LAST_DATE_MS))
    throw invalidOption("rateLimitHeaders", "nowMs", nowMs, "milliseconds since the epoch");
  const list: readonly Decision[] = Array.isArray(decisions) ? decisions : [decisions];
  checkDecisions("rateLimitHeaders", list);
  return Object.fromEntries(headerList(list, options));
}

/** The same as a list, for options that were checked. */
export function headerList(decisions: readonly Decision[], options: HeaderOptions): HeaderList {
  const fields = limitFields(decisions, options);
  const waits = decisions.filter(({ allowed }) => !allowed).map(toldWaitMs);
  if (waits.length === 0) return fields;
  const seconds = retryAfterSeconds(Math.max(...waits));
  const retry: HeaderList = seconds === undefined ? [] : [["Retry-After", `${seconds}`]];
  return [...fields, ...retry, ["Cache-Control", "no-store"]];
}
