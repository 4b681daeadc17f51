import { PROBLEM_TYPE, quotaExceeded } from "../headers/problem.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { Reply } from "./Reply.ts";

/** 429 with the fields and the problem body. */
export function refusalReply(decisions: readonly Decision[], headers: Reply["headers"]): Reply {
  const problem = quotaExceeded(decisions);
  return { status: problem.status, headers: [...headers, ["Content-Type", PROBLEM_TYPE]], body: JSON.stringify(problem) };
}
