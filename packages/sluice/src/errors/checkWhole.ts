import { invalidOption } from "./invalidOption.ts";

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
  const isNumber = typeof value === "number" && !Number.isNaN(value);
  const nearest = isNumber ? Math.min(Math.max(Math.round(value), least), most) : least;
  throw invalidOption(owner, option, value, `a whole number from ${least} to ${most}`, nearest);
}
