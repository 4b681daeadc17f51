import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { showWhole } from "../errors/showWhole.ts";
import { nearestWhole } from "../errors/nearestWhole.ts";
import { LARGEST_AMOUNT } from "../units/largestAmount.ts";

/**
 * A limit or a capacity: a whole number from 0 to 1,000,000,000.
 * @throws ConfigurationError `INVALID_LIMIT`
 */
export function checkAmount(owner: string, option: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_AMOUNT)
    return value as number;
  const nearest = nearestWhole(value, 0, LARGEST_AMOUNT);
  throw new ConfigurationError(
    "INVALID_LIMIT",
    `${owner} ${option} must be a whole number from 0 to ${LARGEST_AMOUNT}, not ${showWhole(value)}` +
      (nearest === undefined ? "" : `; the nearest is ${nearest}`),
    { value, nearest, path: option },
  );
}
