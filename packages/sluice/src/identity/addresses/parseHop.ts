import { type Address, parseAddress } from "./parseAddress.ts";

// "[v6]", "[v6]:port", "v4", "v4:port"; a port may be hidden (RFC 7239: "_a1"). Bare IPv6 does not fit.
const HOST_AND_PORT = /^(?:\[([\da-f]*:[^\]]*)\]|([^:[\]]+))(?::(\d{1,5}|_[\w.-]+))?$/i;

/**
 * Reads one hop of a forwarding header: an address, `9.9.9.9:1234`, `[2001:db8::1]` or `[2001:db8::1]:443`, with
 * spaces around it. The port is dropped.
 * @returns undefined for anything else: `unknown`, `_hidden`, an empty hop
 */
export function parseHop(text: string): Address | undefined {
  const hop = text.trim();
  if (!hop.includes(":")) return parseAddress(hop);
  const [, bracketed, plain = hop, port = "0"] = HOST_AND_PORT.exec(hop) ?? [];
  return Number(port) > 65_535 ? undefined : parseAddress(bracketed ?? plain);
}
