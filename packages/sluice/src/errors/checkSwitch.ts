import { invalidOption } from "./invalidOption.ts";

/**
 * Refuses what is neither true nor false.
 * @param nearest the value that does no harm
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkSwitch(owner: string, option: string, value: unknown, nearest = false): void {
  if (typeof value !== "boolean") throw invalidOption(owner, option, value, "true or false", nearest);
}
