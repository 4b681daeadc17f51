import type { LimitsInput } from "../../algorithms/readLimits.ts";
import { checkOptions } from "../../errors/checkOptions.ts";
import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { nearestWord } from "../../errors/nearestWord.ts";
import { show } from "../../errors/show.ts";
import { checkLabel } from "../checkLabel.ts";
import type { LimitsProvider, LimitsUpdate } from "./LimitsUpdate.ts";

const CARRIES = ["clamp", "reset", "proportional"];

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
    throw invalid("carry", carry, CARRIES.map(show).join(", "), nearest ?? "clamp");
  }
  if (carry !== "clamp") checkLabel("update", "version", version, 64);
  else if (version !== undefined)
    throw invalid("version", version, 'given with carry: "reset" or "proportional", and only then');
  return { limits, carry, version };
}

function invalid(option: string, value: unknown, expected: string, nearest?: unknown): ConfigurationError {
  const message = `update ${option} must be ${expected}, not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest, path: option });
}
