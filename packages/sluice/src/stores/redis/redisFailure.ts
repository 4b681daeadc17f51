import { messageOf } from "../../errors/messageOf.ts";
import { StoreError } from "../../errors/StoreError.ts";
import { serverError } from "./serverError.ts";

/** The server works, and will not do this for us until somebody changes its or our configuration. */
const MISCONFIGURED: ReadonlySet<string> = new Set([
  "WRONGTYPE",
  "CROSSSLOT",
  "NOPERM",
  "NOAUTH",
  "WRONGPASS",
]);

/** Scripts are switched off, or a command that they call was renamed. */
const UNKNOWN_COMMAND = /^unknown (?:redis )?command/i;

/** The URL names a database that the server has not. */
const NO_DATABASE = /^(?:DB index is out of range|invalid DB index|SELECT is not allowed)/i;

/** What a client or a server said, as an error of ours. */
export function redisFailure(error: unknown): StoreError {
  const { code, text } = serverError(error);
  const misconfigured =
    MISCONFIGURED.has(code) || (code === "ERR" && (UNKNOWN_COMMAND.test(text) || NO_DATABASE.test(text)));
  return new StoreError(
    misconfigured ? "STORE_MISCONFIGURED" : "STORE_FAILED",
    `Redis failed: ${messageOf(error)}`,
    withoutPassword(error),
  );
}

/** ioredis tells on an error which command it answers, and a password is part of the one that logs in. */
function withoutPassword(error: unknown): unknown {
  if (!(error instanceof Error) || !isOfLogin(error)) return error;
  const told = new Error(error.message);
  if (error.stack !== undefined) told.stack = error.stack;
  return told;
}

function isOfLogin(error: Error & { readonly command?: { readonly name?: unknown } }): boolean {
  return /^(?:auth|hello)$/i.test(String(error.command?.name));
}
