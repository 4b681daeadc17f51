import type { Limit } from "../algorithms/Limit.ts";
import { subjectsOf } from "../algorithms/subjectsOf.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";

/** Why a store that decides one record at a time cannot take these limits, if they count several subjects. */
export function severalSubjects(store: string, limits: readonly Limit[]): ConfigurationError | undefined {
  const { names } = subjectsOf("rateLimiter", limits);
  if (names.length < 2) return undefined;
  const message = `${store} cannot decide ${names.map(show).join(" and ")} in one atomic step; give each a limiter of its own`;
  return new ConfigurationError("INVALID_LIMIT", message, { value: names, nearest: [names[0]], path: "by" });
}
