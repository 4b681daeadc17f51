import { checkOptions } from "../../errors/checkOptions.ts";
import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import { readAmount } from "../readAmount.ts";

/** What a limiter of another make answered, in our words. Numbers below 0 count as 0. */
export interface ForeignAnswer {
  /** The call may go ahead. */
  allowed: boolean;
  /** Milliseconds until the same call may pass; Infinity if never. Default: nobody knows. */
  retryAfterMs?: number | undefined;
  /** The most that can be remaining. Default Infinity: no number is claimed. */
  limit?: number | undefined;
  /** Default Infinity, or 0 for those who are refused. */
  remaining?: number | undefined;
  /** Milliseconds until `remaining` is `limit` again. Default: the wait. */
  resetAfterMs?: number | undefined;
}

const OWNER = "the answer of a foreign limiter";
const AMOUNTS = ["retryAfterMs", "limit", "remaining", "resetAfterMs"] as const;

/**
 * Anything but a clear answer is none: neither leave nor refusal.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function readForeignAnswer(given: boolean | ForeignAnswer): ForeignAnswer {
  if (typeof given === "boolean") return { allowed: given };
  if (typeof given !== "object" || given === null)
    throw unclear("must be true, false or an object with allowed", given);
  checkOptions(OWNER, given, ["allowed", ...AMOUNTS]);
  if (typeof given.allowed !== "boolean")
    throw unclear("must have allowed, true or false", given.allowed, "allowed");
  const amounts = AMOUNTS.map((name) => [name, readAmount(OWNER, name, given[name])]);
  return { allowed: given.allowed, ...Object.fromEntries(amounts) };
}

function unclear(fault: string, value: unknown, path?: string): ConfigurationError {
  const details = path === undefined ? { value } : { value, path };
  return new ConfigurationError("INVALID_OPTION", `${OWNER} ${fault}, not ${show(value)}`, details);
}
