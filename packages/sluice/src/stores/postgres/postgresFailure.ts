import { messageOf } from "../../errors/messageOf.ts";
import { StoreError } from "../../errors/StoreError.ts";

/** Raised by the migration itself. */
export const REFUSED = "SLUIC";

/** Insufficient privilege. */
export const NOT_ALLOWED = "42501";

/** What a setting somewhere must change before it can work, by SQLSTATE. */
const FIXES: ReadonlyMap<unknown, string> = new Map([
  // Undefined table, function and schema.
  ["42P01", "call store.migrate() once"],
  ["42883", "call store.migrate() once"],
  ["3F000", "create the schema, then call store.migrate() once"],
  // Unknown database, unknown role, wrong password.
  ["3D000", "create the database, or name another"],
  ["28000", "check the role, and who may connect from where"],
  ["28P01", "check the role and its password"],
  [
    NOT_ALLOWED,
    "grant this role select, insert, update and delete on the table, execute on the functions and usage on their schema; " +
      "to migrate it needs create on the schema, or their owner runs store.migration",
  ],
  // A character that the encoding of the database lacks.
  ["22P05", "keep the table in a database of encoding UTF8, which holds every key"],
  [REFUSED, "nothing was changed"],
]);

/** What a client of PostgreSQL threw, as one of ours. */
export function postgresFailure(error: unknown): StoreError {
  const fix = FIXES.get(sqlState(error));
  if (fix === undefined)
    return new StoreError("STORE_FAILED", `PostgreSQL failed: ${reasonOf(error)}`, error);
  return new StoreError(
    "STORE_MISCONFIGURED",
    `PostgreSQL is not set up for this store: ${reasonOf(error)}; ${fix}`,
    error,
  );
}

/** The SQLSTATE of an error of the server, or the code of whatever else failed. */
export function sqlState(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** Node's error of several refused addresses has a code, but no message. */
function reasonOf(error: unknown): string {
  return messageOf(error) || String(sqlState(error));
}
