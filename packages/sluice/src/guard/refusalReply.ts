import type { HeaderList } from "../headers/HeaderList.ts";
import { forbidden, type Problem, quotaExceeded, temporaryReducedCapacity } from "../headers/problem.ts";
import type { Reply } from "../headers/Reply.ts";
import type { Decision } from "../limiter/Decision.ts";
import { problemReply } from "./problemReply.ts";

/** 429 with the fields and the problem body; 403 for a deny list, 503 for a store that fails closed. */
export function refusalReply(decision: Decision, headers: HeaderList): Reply {
  return problemReply(problemOf(decision), headers);
}

function problemOf(decision: Decision): Problem {
  if (decision.reason === "denied") return forbidden();
  return decision.reason === "store-error" ? temporaryReducedCapacity() : quotaExceeded([decision]);
}
