import { IdentityError } from "../errors/IdentityError.ts";
import { show } from "../errors/show.ts";

/** The id of an account, as databases have them. */
export type AccountId = string | number | bigint;

/**
 * An id as text: a string that is not blank, a whole number, or a bigint; undefined and null are nobody.
 * @param duty what was due, for the message
 * @throws IdentityError `INVALID_IDENTITY` for anything else: it must not become a key that accounts share
 */
export function accountId(duty: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.trim() !== "") return value;
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value)))
    return `${value}`;
  throw new IdentityError("INVALID_IDENTITY", `${duty}, not ${kindOf(value)}`);
}

/** The kind of a value, not the value, which may be personal. */
function kindOf(value: unknown): string {
  if (typeof value === "string") return "a blank string";
  return typeof value === "number" ? "such a number" : show(value);
}
