import { mustHold } from "./mustHold.ts";

/**
 * Throws if what was seen is not what was promised; both are compared as JSON.
 * @param what what was looked at, for the message
 */
export function mustEqual(what: string, seen: unknown, promised: unknown): void {
  const [found, expected] = [JSON.stringify(seen), JSON.stringify(promised)];
  mustHold(found === expected, () => `${what}: ${found}, not ${expected}`);
}
