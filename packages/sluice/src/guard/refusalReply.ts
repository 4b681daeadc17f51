import { PROBLEM_TYPE, quotaExceeded, temporaryReducedCapacity } from "../headers/problem.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { Reply } from "../headers/Reply.ts";

/** 429 with the fields and the problem body; 503 if nothing but a store that fails closed refuses. */
export function refusalReply(decisions: readonly Decision[], headers: Reply["headers"]): Reply {
  const isQuota = decisions.some(({ allowed, reason }) => !allowed && reason !== "store-error");
  const problem = isQuota ? quotaExceeded(decisions) : temporaryReducedCapacity();
  return {
    status: problem.status,
    headers: [...headers, ["Content-Type", PROBLEM_TYPE]],
    body: JSON.stringify(problem),
  };
}
