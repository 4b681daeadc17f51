import type { PathMatcher } from "./pathPattern.ts";
import { pathReadings } from "./pathReadings.ts";

/**
 * The path of a target for what counts each path by itself: of the readings that a rule fits the shortest, since a client
 * chooses at will what another reading leaves out (`//anything/login`).
 */
export function concretePath({ matches }: PathMatcher, target: string): string {
  const readings = pathReadings(target);
  if (readings.length === 1) return readings[0];
  const [shortest] = readings.filter(matches).toSorted((a, b) => a.length - b.length);
  return shortest ?? readings[0];
}
