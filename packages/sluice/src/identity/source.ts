import type { Warn } from "../events/Warning.ts";
import type { Identify, Identity, IdentitySource } from "./Identity.ts";
import type { RequestInfo } from "./RequestInfo.ts";

type Find = (request: RequestInfo, warn: Warn) => Identity | undefined | Promise<Identity | undefined>;

const addressNeeds = new WeakMap<IdentitySource, boolean>();

/**
 * Marks a function as a source of this library: its answer needs no check.
 * @param traits `needsAddress`: it finds nobody without the peer's address
 */
export function source(find: Find, traits = { needsAddress: false }): Identify {
  const identify: Identify = (request, warn = unheard) => find(request, warn);
  addressNeeds.set(identify, traits.needsAddress);
  return identify;
}

function unheard(): void {}

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
