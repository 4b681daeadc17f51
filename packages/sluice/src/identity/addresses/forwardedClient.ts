import { formatAddress } from "./formatAddress.ts";
import { headerName } from "../headerName.ts";
import { hopReader } from "./hopReader.ts";
import type { Warn, Warning } from "../../events/Warning.ts";
import type { Address } from "./parseAddress.ts";
import type { RequestInfo } from "../RequestInfo.ts";
import { trustedPeers } from "./trustedPeers.ts";

/** Whom a peer forwards for; undefined if nobody can be believed about that. */
export type ForwardedClient = (request: RequestInfo, peer: Address, warn: Warn) => Address | undefined;

/**
 * Makes the reader of a forwarding header.
 * @throws ConfigurationError `INVALID_OPTION`, `INVALID_ADDRESS`
 */
export function forwardedClient(
  header: string,
  trustedProxies: readonly string[] | true | "*",
  unsafeTrustAll: boolean,
): ForwardedClient {
  const name = headerName("clientIp header", header);
  const trusts = trustedPeers(trustedProxies, unsafeTrustAll);
  const readHops = hopReader(name);
  return (request, peer, warn) => {
    const value = request.header(name);
    if (value === undefined) return undefined;
    if (!trusts(peer)) {
      warn(untrusted(name, peer));
      return undefined;
    }
    const client = firstUntrusted(readHops(request, value), trusts);
    if (client === undefined) warn(malformed(name, peer));
    return client;
  };
}

/** The first hop that is not a trusted proxy, or the last if all are; undefined if a malformed one comes before it. */
function firstUntrusted(
  hops: Iterable<Address | undefined>,
  trusts: (address: Address) => boolean,
): Address | undefined {
  let farthest: Address | undefined;
  for (const hop of hops) {
    if (hop === undefined || !trusts(hop)) return hop;
    farthest = hop;
  }
  return farthest;
}

function untrusted(header: string, peer: Address): Warning {
  const message = `${header} from ${formatAddress(peer)} was ignored: the peer is not in trustedProxies`;
  return { code: "FORWARDED_UNTRUSTED", message };
}

/** The chain does not lead to an address. */
export function malformed(header: string, peer: Address): Warning {
  const message = `${header} from ${formatAddress(peer)} names no address where one is due: the peer is counted`;
  return { code: "FORWARDED_MALFORMED", message };
}
