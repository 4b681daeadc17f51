import type { Identify, IdentitySource } from "./Identity.ts";

const addressNeeds = new WeakMap<IdentitySource, boolean>();

/**
 * Marks a function as a source of this library: its answer needs no check.
 * @param traits `needsAddress`: it finds nobody without the peer's address
 */
export function source(find: Identify, traits = { needsAddress: false }): Identify {
  addressNeeds.set(find, traits.needsAddress);
  return find;
}

export function isSource(find: IdentitySource): find is Identify {
  return addressNeeds.has(find);
}

/**
 * True for {@link clientIp} and what is built on it, so that an adapter that has no peer address can refuse it at
 * construction. A function of yours is not looked into.
 */
export function needsAddress(find: IdentitySource): boolean {
  return addressNeeds.get(find) === true;
}
