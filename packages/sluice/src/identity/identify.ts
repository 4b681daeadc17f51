import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { custom } from "./custom.ts";
import { firstOf } from "./firstOf.ts";
import type { Identify, IdentitySource } from "./Identity.ts";

/**
 * Makes one source of what the option `identify` may hold: a list is asked in order ({@link firstOf}), a function of
 * yours is checked ({@link custom}), a source stays as it is.
 * @throws ConfigurationError `INVALID_OPTION` for an empty list or anything else
 */
export function identify(sources: IdentitySource | readonly IdentitySource[]): Identify {
  if (!isList(sources)) return custom(sources);
  const [first, ...more] = sources;
  if (first === undefined) {
    throw new ConfigurationError("INVALID_OPTION", "identify needs at least one source, not an empty list", {
      value: sources,
    });
  }
  return more.length === 0 ? custom(first) : firstOf(...sources);
}

function isList(sources: unknown): sources is readonly IdentitySource[] {
  return Array.isArray(sources);
}
