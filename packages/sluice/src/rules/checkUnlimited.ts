import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import type { Rule } from "./Rule.ts";

/** A deny list, and who is not asked, make sense without limits. */
const OF_LIMITS = [
  "pool",
  "cost",
  "allow",
  "countOnly",
  "onLimit",
  "blockFor",
  "blockScope",
  "dryRun",
] as const satisfies readonly (keyof Rule)[];

/**
 * A rule without limits is unlimited, so what speaks of limits shows that they were forgotten.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkUnlimited(owner: string, rule: Rule): void {
  if (rule.limits !== undefined) return;
  for (const option of OF_LIMITS) {
    if (rule[option] === undefined) continue;
    throw new ConfigurationError("INVALID_OPTION", `${owner} has ${option}, but no limits`, {
      value: rule[option],
      path: optionPath(owner, "limits"),
    });
  }
}
