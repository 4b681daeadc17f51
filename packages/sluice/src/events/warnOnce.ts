import { tell } from "./tell.ts";
import type { Warn, Warning } from "./Warning.ts";

/** Passes on the first warning of each code. Without a listener it goes to the console. A warning stops no call. */
export function warnOnce(onWarning: ((warning: Warning) => unknown) | undefined): Warn {
  const told = new Set<string>();
  return (warning) => {
    if (told.has(warning.code)) return;
    told.add(warning.code);
    if (onWarning === undefined) console.warn(`sluice: ${warning.code}: ${warning.message}`);
    else void tell("onWarning", onWarning, warning);
  };
}
