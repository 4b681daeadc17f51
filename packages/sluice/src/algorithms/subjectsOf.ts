import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { Limit } from "./Limit.ts";

/** Whom the limits of one call count. */
export interface Subjects {
  /** What they are called, each once; empty where a call has one key. */
  readonly names: readonly string[];
  /** For each limit, in order, the place of its subject. */
  readonly places: readonly number[];
}

/** @throws ConfigurationError `INVALID_LIMIT` if some limits say `by`, and some do not */
export function subjectsOf(owner: string, limits: readonly Limit[]): Subjects {
  const names = [...new Set(limits.map(({ by }) => by))];
  if (names.length === 1 && names[0] === undefined) return { names: [], places: limits.map(() => 0) };
  const bare = limits.findIndex(({ by }) => by === undefined);
  if (bare < 0) return { names: names as string[], places: limits.map(({ by }) => names.indexOf(by)) };
  const nearest = names.find((name) => name !== undefined);
  const message = `${owner}: limit ${bare + 1} (${limits[bare].text}) does not say whom it counts, and others do; give it by: "${nearest}"`;
  throw new ConfigurationError("INVALID_LIMIT", message, { nearest, path: `limits[${bare}].by` });
}
