import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { custom } from "./custom.ts";
import type { Identify, IdentitySource } from "./Identity.ts";

/**
 * Checks that there are at least two sources.
 * @param owner what takes them, for the message: `firstOf`
 */
export function severalSources(owner: string, sources: readonly IdentitySource[]): readonly Identify[] {
  if (sources.length >= 2) return sources.map(custom);
  const message = `${owner} needs at least two sources, not ${sources.length}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: sources });
}
