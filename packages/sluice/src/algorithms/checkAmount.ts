import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { showWhole } from "../errors/showWhole.ts";
import { nearestWhole } from "../errors/nearestWhole.ts";
import { LARGEST_AMOUNT } from "../units/largestAmount.ts";

/**
 * A limit or a capacity: a whole number from `least` to `most`.
 * @throws ConfigurationError `INVALID_LIMIT`
 */
export function checkAmount(
  owner: string,
  option: string,
  value: unknown,
  most: number = LARGEST_AMOUNT,
  least: number = 0,
): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  const nearest = nearestWhole(value, least, most);
  throw new ConfigurationError(
    "INVALID_LIMIT",
    `${owner} ${option} must be a whole number from ${least} to ${most}, not ${showWhole(value)}` +
      (nearest === undefined ? "" : `; the nearest is ${nearest}`),
    { value, nearest, path: option },
  );
}
