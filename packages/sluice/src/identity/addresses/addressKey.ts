import { formatAddress } from "./formatAddress.ts";
import type { Address } from "./parseAddress.ts";

/**
 * The key of an address: `ip:203.0.113.9`, or an IPv6 network such as `ip:2001:db8::/64`, since one subscriber has
 * at least a whole /64 to choose addresses from.
 * @param ipv6Prefix how many bits of IPv6 count, 32 to 128
 */
export function addressKey(address: Address, ipv6Prefix: number): string {
  if (address.version === 4) return `ip:${formatAddress(address)}`;
  const groups = address.groups.map((group, i) => firstBits(group, ipv6Prefix - i * 16));
  return `ip:${formatAddress({ version: 6, groups })}/${ipv6Prefix}`;
}

function firstBits(group: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 16 ? group : group & (0xffff << (16 - bits));
}
