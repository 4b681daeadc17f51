import type { Address } from "./parseAddress.ts";
import { parseHop } from "./parseHop.ts";

/** The hops of an `X-Forwarded-For` value from the right, read only as far as they are asked for; undefined = malformed. */
export function forwardedForHops(value: string): Iterable<Address | undefined> {
  return value.includes(",") ? severalHops(value) : [parseHop(value)];
}

function* severalHops(value: string): Generator<Address | undefined> {
  for (let end = value.length; end >= 0;) {
    const comma = end === 0 ? -1 : value.lastIndexOf(",", end - 1);
    yield parseHop(value.slice(comma + 1, end));
    end = comma;
  }
}
