import type { HeaderList } from "../headers/HeaderList.ts";
import { type Problem, PROBLEM_TYPE } from "../headers/problem.ts";
import type { Reply } from "../headers/Reply.ts";

/** A problem as a whole reply, with these fields before its own. */
export function problemReply(problem: Problem, headers: HeaderList): Reply {
  return {
    status: problem.status,
    headers: [...headers, ["Content-Type", PROBLEM_TYPE]],
    body: JSON.stringify(problem),
  };
}
