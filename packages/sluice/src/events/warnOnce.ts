import type { EventStream } from "./EventStream.ts";
import { tell } from "./tell.ts";
import type { Warn, Warning } from "./Warning.ts";

/**
 * Passes on the first warning of each code, and says where more is written. Without a listener it goes to the console. A
 * warning stops no call.
 * @param events where it is told besides
 */
export function warnOnce(onWarning: ((warning: Warning) => unknown) | undefined, events?: EventStream): Warn {
  const told = new Set<string>();
  return ({ code, message: what }) => {
    if (told.has(code)) return;
    told.add(code);
    const message = `${what} (see docs/warnings.md)`;
    if (onWarning === undefined) console.warn(`sluice: ${code}: ${message}`);
    else void tell("onWarning", onWarning, { code, message });
    events?.emit({ type: "warning", code, message });
  };
}
