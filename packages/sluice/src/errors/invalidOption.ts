import { ConfigurationError } from "./ConfigurationError.ts";
import { optionPath } from "./optionPath.ts";
import { show } from "./show.ts";

/**
 * An option that is none of what it must be: `INVALID_OPTION`.
 * @param owner what has it, as messages call it: `rules[2]`, `rateLimiter`
 * @param expected what it must be: `"a function"`
 * @param nearest the nearest value that would be taken, where there is one
 */
export function invalidOption(
  owner: string,
  option: string,
  value: unknown,
  expected: string,
  nearest?: unknown,
): ConfigurationError {
  const message = `${owner} ${option} must be ${expected}, not ${show(value)}`;
  const path = optionPath(owner, option);
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest, path });
}
