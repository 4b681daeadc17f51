import { ConfigurationError } from "./ConfigurationError.ts";

/**
 * Reads options that are part of others, and tells with an error which part it was.
 * @param place where they stand: `also[1]`
 */
export function standingIn<Value>(place: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { code, message, value, nearest } = error;
    const path = error.path === undefined ? place : `${place}.${error.path}`;
    throw new ConfigurationError(code, `${place}: ${message}`, { value, nearest, path });
  }
}
