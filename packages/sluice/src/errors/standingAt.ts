import { ConfigurationError } from "./ConfigurationError.ts";
import { optionPath } from "./optionPath.ts";

/**
 * Reads an option with a function that does not know where it stands, and tells that with its error.
 * @param owner what has the option: `rules[2]`
 */
export function standingAt<Value>(owner: string, option: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.path !== undefined) throw error;
    const { code, message, value, nearest } = error;
    const path = optionPath(owner, option);
    const told = message.startsWith(owner) ? message : `${owner}: ${message}`;
    throw new ConfigurationError(code, told, { value, nearest, path });
  }
}
