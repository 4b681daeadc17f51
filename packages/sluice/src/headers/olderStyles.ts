import type { Decision } from "../limiter/Decision.ts";
import type { HeaderList } from "./HeaderList.ts";
import { ceilSeconds } from "./ceilSeconds.ts";
import { windowSeconds } from "./windowSeconds.ts";

type Numbers = Pick<Decision, "limit" | "remaining" | "resetAfterMs">;

/** `RateLimit-Policy` and `RateLimit: limit=100, remaining=50, reset=30`. */
export function draft7(decisions: readonly Decision[], nearest: Numbers): HeaderList {
  const { limit, remaining, resetAfterMs } = nearest;
  const value = `limit=${limit}, remaining=${remaining}, reset=${ceilSeconds(resetAfterMs)}`;
  return [...policyField(decisions), ["RateLimit", value]];
}

/** `RateLimit-Policy`, and a field for each number. */
export function draft6(decisions: readonly Decision[], nearest: Numbers): HeaderList {
  return [...policyField(decisions), ...numberFields("RateLimit", nearest)];
}

/** `X-RateLimit-Limit`, `-Remaining`, and `-Reset` in delta seconds. */
export function legacy(nearest: Numbers): HeaderList {
  return numberFields("X-RateLimit", nearest);
}

function numberFields(prefix: string, { limit, remaining, resetAfterMs }: Numbers): HeaderList {
  return [
    [`${prefix}-Limit`, `${limit}`],
    [`${prefix}-Remaining`, `${remaining}`],
    [`${prefix}-Reset`, `${ceilSeconds(resetAfterMs)}`],
  ];
}

/**
 * `100;w=60` for each policy, in draft-ietf-httpapi-ratelimit-headers-06 and -07: they require `w`, so limits of less than
 * a second cannot be told, and forbid two policies with the same quota, of which the one over the longer time is told.
 */
function policyField(decisions: readonly Decision[]): HeaderList {
  const windows = new Map<number, number>();
  for (const limit of decisions.flatMap(({ limits }) => limits)) {
    const window = windowSeconds(limit);
    if (window !== undefined) windows.set(limit.limit, Math.max(window, windows.get(limit.limit) ?? 0));
  }
  const policies = [...windows].map(([limit, window]) => `${limit};w=${window}`);
  return policies.length === 0 ? [] : [["RateLimit-Policy", policies.join(", ")]];
}
