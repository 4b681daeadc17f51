import { IdentityError } from "../errors/IdentityError.ts";
import { isUnavailable } from "../errors/isUnavailable.ts";
import type { HeaderList } from "../headers/HeaderList.ts";
import { type Problem, PROBLEM_TYPE, temporaryReducedCapacity } from "../headers/problem.ts";
import { RateLimitExceededError } from "../limiter/RateLimitExceededError.ts";
import type { Reply } from "../headers/Reply.ts";

/** What a client is told of an error, where the framework has no way for errors: the status, and nothing of the cause. */
export function errorReply(error: unknown): Reply {
  if (error instanceof RateLimitExceededError) return exceededReply(error);
  if (isUnavailable(error)) return problemReply(temporaryReducedCapacity(), [["Retry-After", "1"]]);
  const status = error instanceof IdentityError ? error.status : 500;
  const title = status === 400 ? "Bad Request" : "Internal Server Error";
  return problemReply({ type: "about:blank", title, status });
}

function exceededReply({ status, headers, problem }: RateLimitExceededError): Reply {
  const fields = Object.entries({ ...headers, "Content-Type": PROBLEM_TYPE });
  return { status, headers: fields, body: JSON.stringify(problem) };
}

function problemReply(problem: Problem, more: HeaderList = []): Reply {
  return {
    status: problem.status,
    headers: [...more, ["Cache-Control", "no-store"], ["Content-Type", PROBLEM_TYPE]],
    body: JSON.stringify(problem),
  };
}
