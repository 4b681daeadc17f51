import { serverError } from "../redis/serverError.ts";

/** The server was the master and is a replica now. Behind its name there may be another, which a new connection finds. */
export function isReadOnly(error: unknown): boolean {
  return serverError(error).code === "READONLY";
}
