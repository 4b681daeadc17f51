import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWord } from "../errors/nearestWord.ts";
import { show } from "../errors/show.ts";
import type { Decision, LimitDecision } from "../limiter/Decision.ts";
import { limitItem, policyItem, windowSeconds } from "./draft11.ts";
import type { HeaderList } from "./HeaderList.ts";
import type { HeaderStyle } from "./HeaderStyle.ts";
import { partitionKey } from "./partitionKey.ts";
import { ceilSeconds, retryAfterSeconds } from "./seconds.ts";
import { templateFields } from "./template.ts";

export interface HeaderOptions {
  /** Default `"draft-11"`. */
  headers?: HeaderStyle;
  /** Adds `pk`, a hash of the key, to both fields of draft-11. Default false. */
  partitionKey?: boolean;
  /** The time for dates, in milliseconds since the epoch. Default `Date.now()`. */
  nowMs?: number;
}

const STYLES = ["draft-11", "draft-7", "draft-6", "legacy", "none"];

/**
 * The header fields of one decision, or of several that were made for one request. A refusal also has `Retry-After` and
 * `Cache-Control: no-store`. Limits in `dryRun` are not told.
 *
 * @example for (const [name, value] of Object.entries(rateLimitHeaders(decision))) response.setHeader(name, value);
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function rateLimitHeaders(decisions: Decision | readonly Decision[], options: HeaderOptions = {}): Record<string, string> {
  checkOptions("rateLimitHeaders", options, ["headers", "partitionKey", "nowMs"]);
  checkStyle(options.headers ?? "draft-11");
  return Object.fromEntries(headerList(Array.isArray(decisions) ? decisions : [decisions], options));
}

/** The same as a list, for options that were checked. */
export function headerList(decisions: readonly Decision[], options: HeaderOptions): HeaderList {
  const fields = limitFields(decisions, options);
  const waits = decisions.filter(({ allowed }) => !allowed).map(({ retryAfterMs }) => retryAfterMs);
  if (waits.length === 0) return fields;
  const seconds = retryAfterSeconds(Math.max(...waits));
  const retry: HeaderList = seconds === undefined ? [] : [["Retry-After", `${seconds}`]];
  return [...fields, ...retry, ["Cache-Control", "no-store"]];
}

function limitFields(decisions: readonly Decision[], options: HeaderOptions): HeaderList {
  const { headers = "draft-11", nowMs = Date.now() } = options;
  const told = decisions.filter(({ limits }) => limits.some(({ dryRun }) => !dryRun));
  if (told.length === 0 || headers === "none") return [];
  if (headers === "draft-11") return draft11(told, options.partitionKey === true);
  const nearest = told.find(({ allowed }) => !allowed) ?? told.reduce((a, b) => (b.remaining < a.remaining ? b : a));
  if (typeof headers === "object") return templateFields(headers, nearest, told.flatMap(toldLimits), nowMs);
  const { limit, remaining, resetAfterMs } = nearest;
  const reset = ceilSeconds(resetAfterMs);
  if (headers === "legacy") return numbers("X-RateLimit", limit, remaining, reset);
  const policy = ["RateLimit-Policy", told.flatMap(toldLimits).map(oldPolicy).join(", ")] as const;
  if (headers === "draft-6") return [policy, ...numbers("RateLimit", limit, remaining, reset)];
  return [policy, ["RateLimit", `limit=${limit}, remaining=${remaining}, reset=${reset}`]];
}

function draft11(decisions: readonly Decision[], withPartition: boolean): HeaderList {
  const policies: string[] = [];
  const limits: string[] = [];
  for (const decision of decisions) {
    const partition = withPartition ? partitionKey(decision.key) : "";
    for (const limit of decision.limits) {
      if (limit.dryRun) continue;
      policies.push(policyItem(limit, partition));
      limits.push(limitItem(limit, partition));
    }
  }
  return [
    ["RateLimit-Policy", policies.join(", ")],
    ["RateLimit", limits.join(", ")],
  ];
}

/** `100;w=60`, of draft-ietf-httpapi-ratelimit-headers-06 and -07. */
function oldPolicy(limit: LimitDecision): string {
  const window = windowSeconds(limit);
  return window === undefined ? `${limit.limit}` : `${limit.limit};w=${window}`;
}

function numbers(prefix: string, limit: number, remaining: number, reset: number): HeaderList {
  return [
    [`${prefix}-Limit`, `${limit}`],
    [`${prefix}-Remaining`, `${remaining}`],
    [`${prefix}-Reset`, `${reset}`],
  ];
}

function toldLimits({ limits }: Decision): LimitDecision[] {
  return limits.filter(({ dryRun }) => !dryRun);
}

/**
 * Refuses a style that does not exist.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function checkStyle(style: unknown): void {
  if (typeof style === "object" && style !== null) return checkOptions("headers", style, ["limit", "remaining", "reset", "resetAs"]);
  if (typeof style === "string" && STYLES.includes(style)) return;
  const nearest = typeof style === "string" ? nearestWord(style, STYLES) : undefined;
  const message = `headers must be one of ${STYLES.map(show).join(", ")} or a template of names, not ${show(style)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: style, nearest: nearest ?? "draft-11", path: "headers" });
}
