import { isSluiceError } from "../../errors/SluiceError.ts";
import { errorReply } from "../../guard/errorReply.ts";
import { asResponse } from "../fetch/asResponse.ts";

/** The same error, which Hono's own error handler answers: with 500, unless it tells an answer in Hono's way. */
export function answerable(error: unknown): unknown {
  const reply = errorReply(error);
  if (reply.status !== 500 && isSluiceError(error) && !("getResponse" in error))
    Object.defineProperty(error, "getResponse", { value: () => asResponse(reply) });
  return error;
}
