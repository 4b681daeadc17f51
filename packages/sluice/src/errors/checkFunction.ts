import { invalidOption } from "./invalidOption.ts";

/**
 * Refuses an option that is there and no function.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkFunction(owner: string, option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalidOption(owner, option, value, "a function");
}
