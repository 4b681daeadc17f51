import type { LimitsInput } from "../../algorithms/readLimits.ts";
import { checkOptions } from "../../errors/checkOptions.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { nearestWord } from "../../errors/nearestWord.ts";
import { show } from "../../errors/show.ts";
import { checkLabel } from "../../errors/checkLabel.ts";
import type { LimitsProvider, LimitsUpdate } from "./LimitsUpdate.ts";

const CARRIES = ["clamp", "reset", "proportional"];
const ONLY_THEN = 'given with carry: "reset" or "proportional", and only then';

/**
 * Checks the options of an update, but for the limits themselves.
 * @returns `version` of the counters if it is another
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function readUpdate(change: LimitsUpdate<LimitsProvider<any>>): {
  limits: LimitsInput | LimitsProvider<any>;
  carry: NonNullable<LimitsUpdate["carry"]>;
  version: string | undefined;
} {
  checkOptions("update", change, ["limits", "carry", "version"]);
  const { limits, carry = "clamp", version } = change;
  if (!CARRIES.includes(carry)) {
    const nearest = typeof carry === "string" ? nearestWord(carry, CARRIES) : undefined;
    throw invalidOption("update", "carry", carry, CARRIES.map(show).join(", "), nearest ?? "clamp");
  }
  if (carry !== "clamp") checkLabel("update", "version", version, 64);
  else if (version !== undefined) throw invalidOption("update", "version", version, ONLY_THEN);
  return { limits, carry, version };
}
