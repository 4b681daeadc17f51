import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWhole } from "../errors/nearestWhole.ts";
import { show } from "../errors/show.ts";

/**
 * A number that others have counted or measured; below 0, as between two clocks, it is 0.
 * @throws ConfigurationError `INVALID_OPTION` for what is no number
 */
export function readAmount(owner: string, name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && !Number.isNaN(value)) return Math.max(0, value);
  const nearest = nearestWhole(value, 0, Number.MAX_SAFE_INTEGER);
  const hint = nearest === undefined ? "" : `; the nearest is ${nearest}`;
  const message = `${owner}: ${name} must be a number from 0, not ${show(value)}${hint}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value, nearest, path: name });
}
