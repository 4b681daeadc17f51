import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";

/** An option of a rule that is none of what it must be. */
export function invalidOption(
  owner: string,
  option: string,
  value: unknown,
  expected: string,
  nearest?: unknown,
): ConfigurationError {
  return new ConfigurationError(
    "INVALID_OPTION",
    `${owner} ${option} must be ${expected}, not ${show(value)}`,
    {
      value,
      nearest,
      path: optionPath(owner, option),
    },
  );
}
