import { type Cidr, contains, parseCidr } from "./parseCidr.ts";
import type { Address } from "./parseAddress.ts";

// IANA special-purpose address registries (iana-ipv4-special-registry, iana-ipv6-special-registry): what is not
// "globally reachable", multicast, and of IPv6 all that IANA has not given out as global unicast (2000::/3).
// oxfmt-ignore
const NOT_PUBLIC = ranges([
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
  "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
  "::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
]);

// Globally reachable all the same, inside the ranges above.
// oxfmt-ignore
const PUBLIC = ranges([
  "192.0.0.9/32", "192.0.0.10/32", "64:ff9b::/96", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32",
  "2001:4:112::/48", "2001:20::/28", "2001:30::/28",
]);

/** Whether an address can be that of a host on the public internet. */
export function isPublic(address: Address): boolean {
  return (
    !NOT_PUBLIC.some((range) => contains(range, address)) || PUBLIC.some((range) => contains(range, address))
  );
}

function ranges(texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => parseCidr("isPublic", text));
}
