import type { LimitDecision } from "../limiter/Decision.ts";
import { isAtOnce } from "./isAtOnce.ts";
import { windowSeconds } from "./windowSeconds.ts";

/** What draft-11 says of a limit whatever remains of it. */
export interface Policy {
  readonly name: string;
  readonly algorithm: string;
  readonly limit: number;
  readonly windowMs: number;
  /** In whole seconds; undefined below one second, or if there is none. */
  readonly seconds: number | undefined;
  /** The item of `RateLimit-Policy`: `"default";q=100;w=60`. */
  readonly item: string;
  /** How the item of `RateLimit` begins: `"default";r=`. */
  readonly start: string;
}

/** A program has few limits, and says the same of them in every answer. */
const REMEMBERED = 64;
let policies: Policy[] = [];

export function policyOf(limit: LimitDecision): Policy {
  for (const policy of policies) if (isOf(policy, limit)) return policy;
  if (policies.length === REMEMBERED) policies = [];
  const policy = makePolicy(limit);
  policies.push(policy);
  return policy;
}

function isOf(policy: Policy, { name, algorithm, limit, windowMs }: LimitDecision): boolean {
  return (
    policy.limit === limit &&
    policy.windowMs === windowMs &&
    policy.name === name &&
    policy.algorithm === algorithm
  );
}

/** A limit on what runs at once has no window, and counts in a unit of its own. */
function makePolicy(decision: LimitDecision): Policy {
  const { name, algorithm, limit, windowMs } = decision;
  const seconds = windowSeconds(decision);
  const quoted = quote(name);
  const unit = isAtOnce(decision) ? `;qu="concurrent-requests"` : "";
  const item = `${quoted};q=${limit}${seconds === undefined ? "" : `;w=${seconds}`}${unit}`;
  return { name, algorithm, limit, windowMs, seconds, item, start: `${quoted};r=` };
}

/** A structured field string (RFC 9651, section 4.1.6). Names are printable ASCII. */
function quote(name: string): string {
  return `"${name.replace(/["\\]/g, "\\$&")}"`;
}
