import { invalidOption } from "./invalidOption.ts";

/**
 * Refuses what is neither true nor false.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkSwitch(owner: string, option: string, value: unknown): void {
  if (typeof value !== "boolean") throw invalidOption(owner, option, value, "true or false", false);
}
