import { ConfigurationError } from "./ConfigurationError.ts";
import { show } from "./show.ts";

/**
 * Refuses an option that is there and no function.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkFunction(owner: string, option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  const message = `${owner} ${option} must be a function, not ${show(value)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value, path: option });
}
