import { IdentityError } from "../errors/IdentityError.ts";
import { isUnavailable } from "../errors/isUnavailable.ts";
import { temporaryReducedCapacity } from "../headers/problem.ts";
import type { Reply } from "../headers/Reply.ts";
import { RateLimitExceededError } from "../limiter/RateLimitExceededError.ts";
import { problemReply } from "./problemReply.ts";

const NO_STORE = ["Cache-Control", "no-store"] as const;

/** What a client is told of an error, where the framework has no way for errors: the status, and nothing of the cause. */
export function errorReply(error: unknown): Reply {
  if (error instanceof RateLimitExceededError)
    return problemReply(error.problem, Object.entries(error.headers));
  if (isUnavailable(error)) return problemReply(temporaryReducedCapacity(), [["Retry-After", "1"], NO_STORE]);
  const status = error instanceof IdentityError ? error.status : 500;
  const title = status === 400 ? "Bad Request" : "Internal Server Error";
  return problemReply({ type: "about:blank", title, status }, [NO_STORE]);
}
