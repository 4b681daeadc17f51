import { IdentityError } from "../errors/IdentityError.ts";
import { PROBLEM_TYPE } from "../headers/problem.ts";
import type { Reply } from "./Reply.ts";

/** What a client is told of an error, where the framework has no way for errors: the status, and nothing of the cause. */
export function errorReply(error: unknown): Reply {
  const status = error instanceof IdentityError ? error.status : 500;
  const title = status === 400 ? "Bad Request" : "Internal Server Error";
  return {
    status,
    headers: [
      ["Cache-Control", "no-store"],
      ["Content-Type", PROBLEM_TYPE],
    ],
    body: JSON.stringify({ type: "about:blank", title, status }),
  };
}
