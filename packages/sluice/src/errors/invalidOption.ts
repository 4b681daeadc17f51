import { ConfigurationError } from "./ConfigurationError.ts";
import { optionPath } from "./optionPath.ts";
import { literalOf } from "./literalOf.ts";
import { showWhole } from "./showWhole.ts";

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
  const shown = nearest === undefined ? undefined : literalOf(nearest, option);
  const hint = shown === undefined ? "" : `; the nearest is ${shown}`;
  const message = `${owner} ${option} must be ${expected}, not ${showWhole(value, option)}${hint}`;
  const path = optionPath(owner, option);
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest, path });
}
