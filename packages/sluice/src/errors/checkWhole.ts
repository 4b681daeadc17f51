import { meantMs } from "../units/meantMs.ts";
import { invalidOption } from "./invalidOption.ts";
import { nearestWhole } from "./nearestWhole.ts";

/**
 * Refuses what is no whole number from `least` to `most`.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkWhole(
  owner: string,
  option: string,
  value: number,
  most: number,
  least: number = 1,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const meant = typeof value === "string" && option.endsWith("Ms") ? meantMs(value) : value;
  throw invalidOption(
    owner,
    option,
    value,
    `a whole number from ${least} to ${most}`,
    nearestWhole(meant, least, most),
  );
}
