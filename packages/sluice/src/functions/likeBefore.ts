import type { Acquirer } from "../limiter/Acquirer.ts";

/** Makes a wrapper look like what it wraps: the same name and length, and its limiter beside. */
export function likeBefore(wrapper: Function, { name, length }: Function, limiter: Acquirer): Function {
  return Object.defineProperties(wrapper, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
    limiter: { value: limiter },
  });
}
