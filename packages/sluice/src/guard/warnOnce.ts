import type { Warn } from "../identity/Identity.ts";

/** Passes on the first warning of each code. Without a listener it goes to the console. */
export function warnOnce(onWarning: Warn | undefined): Warn {
  const told = new Set<string>();
  return (warning) => {
    if (told.has(warning.code)) return;
    told.add(warning.code);
    if (onWarning === undefined) console.warn(`sluice: ${warning.code}: ${warning.message}`);
    else onWarning(warning);
  };
}
