import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { show } from "../../errors/show.ts";
import { type Cidr, contains, parseCidr } from "./parseCidr.ts";
import type { Address } from "./parseAddress.ts";

// The widest range of a kind that anybody runs proxies in: 240.0.0.0/4 and fc00::/7.
const SHORTEST_PREFIX = { 4: 4, 6: 7 } as const;

/**
 * Makes the test whether an address is one of our proxies.
 * @param unsafeTrustAll permits `true`, `"*"` and ranges of about the whole internet
 * @throws ConfigurationError `INVALID_OPTION`, `INVALID_ADDRESS`
 */
export function trustedPeers(
  proxies: readonly string[] | true | "*",
  unsafeTrustAll: boolean,
): (address: Address) => boolean {
  const all = proxies === true || proxies === "*" || (Array.isArray(proxies) && proxies.includes("*"));
  if (all && unsafeTrustAll) return () => true;
  if (all) throw trustsAll(proxies);
  if (!Array.isArray(proxies)) throw notAList(proxies);
  const ranges = proxies.map((text) => readRange(text, unsafeTrustAll));
  return (address) => {
    for (const range of ranges) if (contains(range, address)) return true;
    return false;
  };
}

function readRange(text: string, unsafeTrustAll: boolean): Cidr {
  const range = parseCidr("clientIp trustedProxies", text);
  if (range.prefix < SHORTEST_PREFIX[range.version] && !unsafeTrustAll) throw trustsAll(text);
  return range;
}

function trustsAll(value: unknown): ConfigurationError {
  return new ConfigurationError(
    "INVALID_OPTION",
    `clientIp trustedProxies ${show(value)} lets every client choose its own address; list the CIDRs of your proxies, ` +
      "such as 10.0.0.0/8, or set unsafeTrustAll: true",
    { value, path: "trustedProxies" },
  );
}

function notAList(value: unknown): ConfigurationError {
  const nearest = typeof value === "string" ? [value] : [];
  return invalidOption(
    "clientIp",
    "trustedProxies",
    value,
    'a list of CIDRs such as ["10.0.0.0/8"]',
    nearest,
  );
}
