import { parseAddress } from "./parseAddress.ts";
import { trustedPeers } from "./trustedPeers.ts";

/**
 * Makes the test whether the peer of a socket is one of your proxies, as {@link clientIp} has it: for what else a proxy
 * tells in headers.
 * @param proxies addresses and CIDRs
 * @throws ConfigurationError `INVALID_OPTION`, `INVALID_ADDRESS`
 */
export function trustedProxies(proxies: readonly string[]): (remoteAddress: string | undefined) => boolean {
  const trusts = trustedPeers(proxies, false);
  return (remoteAddress) => {
    const address = parseAddress(remoteAddress ?? "");
    return address !== undefined && trusts(address);
  };
}
