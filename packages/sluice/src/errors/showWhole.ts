import { literalOf } from "./literalOf.ts";
import { show } from "./show.ts";

/**
 * A value that stands in a program, as one may write it: `{ amount: 0.5, per: "1s" }`. What is long or deep, or may hold a
 * secret, is told by its kind. Not for what comes with requests: that is never shown whole.
 * @param name what it is called where it stands
 */
export function showWhole(value: unknown, name: string = ""): string {
  return literalOf(value, name) ?? show(value);
}
