import type { Address } from "./parseAddress.ts";
import { parseHop } from "./parseHop.ts";

// name=value or name="value" or nothing, then ";" or the end.
const PAIR = /(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+)))?[ \t]*(;[ \t]*|$)/y;

/**
 * The `for` of each element of a `Forwarded` value (RFC 7239) from the right, read only as far as they are asked
 * for; undefined = malformed. Cut from the right, an unclosed quote of a client cannot swallow what our proxy added.
 */
export function* forwardedHops(value: string): Generator<Address | undefined> {
  for (let end = value.length; end >= 0;) {
    const comma = commaBefore(value, end);
    yield readElement(value.slice(comma + 1, end));
    end = comma;
  }
}

/** The last comma before `end` that is not in a quoted string; -1 if there is none. */
function commaBefore(value: string, end: number): number {
  let quoted = false;
  for (let at = end - 1; at >= 0; at--) {
    if (value[at] === '"' && !(quoted && isEscaped(value, at))) quoted = !quoted;
    else if (value[at] === "," && !quoted) return at;
  }
  return -1;
}

function isEscaped(value: string, at: number): boolean {
  let slashes = 0;
  while (value[at - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}

function readElement(text: string): Address | undefined {
  const element = text.trim();
  let hop: string | undefined;
  PAIR.lastIndex = 0;
  for (;;) {
    const pair = PAIR.exec(element);
    if (pair === null) return undefined;
    const [, name, quoted, plain, end] = pair;
    if (name?.toLowerCase() === "for") {
      if (hop !== undefined) return undefined;
      hop = plain ?? quoted.replace(/\\(.)/g, "$1");
    }
    if (end === "") return hop === undefined ? undefined : parseHop(hop);
  }
}
