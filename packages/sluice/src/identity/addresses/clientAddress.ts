import type { Warn } from "../../events/Warning.ts";
import type { IdentitySource } from "../Identity.ts";
import { type Address, parseAddress } from "./parseAddress.ts";
import type { RequestInfo } from "../RequestInfo.ts";

/** Finds the address of a client; undefined if nobody tells. */
export type ClientAddress = (request: RequestInfo, warn: Warn) => Address | undefined;

const finders = new WeakMap<IdentitySource, ClientAddress>();

/** Says how a source finds the address of a client. */
export function findsAddress<Source extends IdentitySource>(find: Source, address: ClientAddress): Source {
  finders.set(find, address);
  return find;
}

/** Says that a source is made of others: the first of them that finds addresses does so for all. */
export function findsAddressLike<Source extends IdentitySource>(
  find: Source,
  parts: readonly IdentitySource[],
): Source {
  const first = parts.find((part) => finders.has(part));
  return first === undefined ? find : findsAddress(find, clientAddress(first));
}

/** How the address of a client is found: by the `clientIp()` in a source, else it is that of the peer. */
export function clientAddress(find: IdentitySource): ClientAddress {
  return finders.get(find) ?? peerAddress;
}

function peerAddress({ remoteAddress }: RequestInfo): Address | undefined {
  return parseAddress(remoteAddress ?? "");
}
