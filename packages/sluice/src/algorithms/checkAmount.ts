import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { LARGEST_AMOUNT } from "../units/rate.ts";

/**
 * A limit or a capacity: a whole number from 0 to 1,000,000,000.
 * @throws ConfigurationError `INVALID_LIMIT`
 */
export function checkAmount(owner: string, option: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_AMOUNT)
    return value as number;
  const nearest =
    typeof value === "number" && !Number.isNaN(value)
      ? Math.min(Math.max(Math.round(value), 0), LARGEST_AMOUNT)
      : undefined;
  throw new ConfigurationError(
    "INVALID_LIMIT",
    `${owner} ${option} must be a whole number from 0 to ${LARGEST_AMOUNT}, not ${show(value)}` +
      (nearest === undefined ? "" : `; the nearest is ${nearest}`),
    { value, nearest, path: option },
  );
}
