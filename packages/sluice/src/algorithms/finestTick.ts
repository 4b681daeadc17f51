import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { ownedOption } from "../errors/ownedOption.ts";

/** The bound of every intermediate: doubles, and so JavaScript, Lua and JSON, are exact below it. */
const BOUND = 2 ** 53;

/** The tick in microseconds, 1 or 1000: the finest in which the worst intermediate stays below 2^53. */
export type Tick = 1 | 1000;

/**
 * The finest tick for which `worst(tick)` stays exact.
 * @param owner what asks, and its option: `slidingWindow limit`
 * @param nearest the nearest amount that could be kept, for the error
 * @throws ConfigurationError `LIMIT_TOO_FINE`
 */
export function finestTick(
  owner: string,
  value: number,
  worst: (tick: bigint) => bigint,
  nearest: () => number,
): Tick {
  if (worst(1n) < BOUND) return 1;
  if (worst(1000n) < BOUND) return 1000;
  throw new ConfigurationError(
    "LIMIT_TOO_FINE",
    `${owner} ${value} is too fine to be kept exactly over that time; the nearest that can be is ${nearest()}`,
    { value, nearest: nearest(), path: ownedOption(owner) },
  );
}
