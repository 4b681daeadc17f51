import { ConfigurationError } from "../../src/errors/ConfigurationError.ts";

/** The misconfiguration that is thrown, or undefined. Anything but an error of ours is thrown on. */
export function faultOf(make: () => unknown): ConfigurationError | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}
