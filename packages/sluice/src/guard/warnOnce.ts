import type { Warn } from "../identity/Identity.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import { tell } from "./tell.ts";

/** Passes on the first warning of each code. Without a listener it goes to the console. A warning stops no request. */
export function warnOnce(onWarning: GuardOptions["onWarning"]): Warn {
  const told = new Set<string>();
  return (warning) => {
    if (told.has(warning.code)) return;
    told.add(warning.code);
    if (onWarning === undefined) console.warn(`sluice: ${warning.code}: ${warning.message}`);
    else void tell("onWarning", onWarning, warning);
  };
}
