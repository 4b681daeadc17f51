import type { Decision } from "../limiter/Decision.ts";

/** The body of a refusal (RFC 9457), with the members of draft-ietf-httpapi-ratelimit-headers-11. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** The names of the limits that refused. Absent where a block refused. */
  readonly "violated-policies"?: readonly string[];
}

/** Where the media type of a {@link Problem} is told. */
export const PROBLEM_TYPE = "application/problem+json";

const TYPES = "https://iana.org/assignments/http-problem-types#";

/** 429: what was asked for is over a limit. */
export function quotaExceeded(decisions: readonly Decision[]): Problem {
  const refusing = decisions.filter(({ allowed }) => !allowed).flatMap(({ limits }) => limits);
  const violated = refusing.filter(({ allowed, dryRun }) => !allowed && !dryRun).map(({ name }) => name);
  return {
    type: `${TYPES}quota-exceeded`,
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    status: 429,
    ...(violated.length > 0 && { "violated-policies": violated }),
  };
}

/** 503: the store cannot be asked, and this route prefers to refuse. */
export function temporaryReducedCapacity(): Problem {
  return {
    type: `${TYPES}temporary-reduced-capacity`,
    title: "Request cannot be satisfied due to temporary server capacity constraints",
    status: 503,
  };
}

/** 403: the client is on a deny list. */
export function forbidden(): Problem {
  return { type: "about:blank", title: "Forbidden", status: 403 };
}
