import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import { formatAddress } from "./formatAddress.ts";
import { type Address, parseAddress } from "./parseAddress.ts";

/** A range of addresses: those whose first `prefix` bits are its own. */
export interface Cidr extends Omit<Address, "text"> {
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefix: number;
}

const CIDR = /^([\da-f.:]+)(?:\/(0|[1-9]\d{0,2}))?$/i;

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or a bare address, which stands for itself alone. Bits after the prefix are
 * ignored. A range of mapped IPv4 (`::ffff:10.0.0.0/104`) becomes IPv4 (`10.0.0.0/8`).
 * @param owner what asks, for the message: `clientIp trustedProxies`
 * @throws ConfigurationError `INVALID_ADDRESS`, also for mapped IPv4 shorter than /97, which would be all of IPv4
 */
export function parseCidr(owner: string, text: string): Cidr {
  const [, base = "", bits] = CIDR.exec(typeof text === "string" ? text : "") ?? [];
  const address = parseAddress(base);
  if (address === undefined) throw invalid(owner, text);
  const { version, groups } = address;
  const full = version === 4 ? 32 : 128;
  if (bits === undefined) return { version, groups, prefix: full };
  const isMapped = version === 4 && base.includes(":");
  const prefix = isMapped ? Number(bits) - 96 : Number(bits);
  if (prefix <= full && !(isMapped && prefix < 1)) return { version, groups, prefix };
  throw invalid(owner, text, `${formatAddress(address)}/${Math.min(Number(bits), full)}`);
}

/** Whether an address lies in a range. IPv4 and IPv6 never contain each other. */
export function contains(cidr: Cidr, address: Address): boolean {
  if (cidr.version !== address.version) return false;
  for (let i = 0, bits = cidr.prefix; bits > 0; i++, bits -= 16) {
    const ignored = Math.max(16 - bits, 0);
    if ((cidr.groups[i] ^ address.groups[i]) >>> ignored !== 0) return false;
  }
  return true;
}

function invalid(owner: string, value: unknown, nearest?: string): ConfigurationError {
  return new ConfigurationError(
    "INVALID_ADDRESS",
    `${owner} needs an address or a CIDR such as "10.0.0.0/8" or "2001:db8::/32", not ${show(value)}` +
      (nearest === undefined ? "" : `; the nearest is ${show(nearest)}`),
    { value, nearest },
  );
}
