import { checkOptions } from "../errors/checkOptions.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
import { checkWhole } from "../errors/checkWhole.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Warning } from "../events/Warning.ts";
import { addressKey } from "./addresses/addressKey.ts";
import { type ClientAddress, findsAddress } from "./addresses/clientAddress.ts";
import { clientAtHop } from "./addresses/clientAtHop.ts";
import { type ForwardedClient, forwardedClient } from "./addresses/forwardedClient.ts";
import type { Identify } from "./Identity.ts";
import { isPublic } from "./addresses/isPublic.ts";
import { parseAddress } from "./addresses/parseAddress.ts";
import { source } from "./source.ts";

/** The options of `clientIp`. */
export interface ClientIpOptions {
  /**
   * The addresses of your own proxies, as CIDRs; default none. Only a peer in this list is believed about whom it
   * forwards for. `true` and `"*"` need `unsafeTrustAll`.
   */
  trustedProxies?: readonly string[] | true | "*" | undefined;
  /**
   * The header your proxies write: `"x-forwarded-for"` (default) or `"forwarded"`, chains of which the rightmost hop
   * that is not a trusted proxy counts, or one that holds a single address: `"x-real-ip"`, `"cf-connecting-ip"`. Without
   * `trustedProxies`, `hops` or `unsafeTrustAll` nobody is believed about it.
   */
  header?: string | undefined;
  /**
   * In place of `trustedProxies`, where the addresses of the proxies are not known: how many of them stand before the
   * application, 1 to 32. The hop at that place from the right counts. Every peer is believed, which warns
   * `HOPS_TRUSTED`: only if nothing but the proxies can reach the application.
   */
  hops?: number | undefined;
  /** How many bits of an IPv6 address count: 32 to 128, default 64. */
  ipv6Prefix?: number | undefined;
  /** Finds nobody if the address is not on the public internet (IANA's special registries); default false. */
  publicOnly?: boolean | undefined;
  /**
   * Permits trust in every peer, which lets every client choose its own address; default false. Alone it stands for
   * `trustedProxies: "*"`. Every hop is then a trusted proxy, and the leftmost counts. Warns `ALL_TRUSTED`.
   */
  unsafeTrustAll?: boolean | undefined;
}

const ALL_TRUSTED: Warning = {
  code: "ALL_TRUSTED",
  message:
    "clientIp has unsafeTrustAll: every client may choose the address that it is counted by; list the CIDRs of your " +
    "proxies in trustedProxies",
};

const OPTIONS = ["trustedProxies", "header", "hops", "ipv6Prefix", "publicOnly", "unsafeTrustAll"];

/**
 * The client's address as the key: `ip:203.0.113.9`, `ip:2001:db8::/64`. Nothing forwarded is believed unless the
 * peer is in `trustedProxies`; what is malformed counts for the peer and warns `FORWARDED_MALFORMED`, what an
 * untrusted peer sends is ignored and warns `FORWARDED_UNTRUSTED`. Without a peer address (a Unix socket) nobody is
 * found and `ADDRESS_MISSING` is warned.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`, `INVALID_ADDRESS`
 */
export function clientIp(options: ClientIpOptions = {}): Identify {
  checkOptions("clientIp", options, OPTIONS);
  const ipv6Prefix = options.ipv6Prefix ?? 64;
  checkWhole("clientIp", "ipv6Prefix", ipv6Prefix, 128, 32);
  const publicOnly = options.publicOnly ?? false;
  const unsafeTrustAll = options.unsafeTrustAll ?? false;
  checkSwitch("clientIp", "publicOnly", publicOnly);
  checkSwitch("clientIp", "unsafeTrustAll", unsafeTrustAll);
  const findForwarded = readForwarding(options, unsafeTrustAll);
  const address: ClientAddress = (request, warn) => {
    if (unsafeTrustAll) warn(ALL_TRUSTED);
    const peer = parseAddress(request.remoteAddress ?? "");
    if (peer !== undefined) return findForwarded(request, peer, warn) ?? peer;
    const message = `the peer has no IP address: remoteAddress is ${show(request.remoteAddress)}`;
    warn({ code: "ADDRESS_MISSING", message });
    return undefined;
  };
  const find = source(
    (request, warn) => {
      const client = address(request, warn);
      if (client === undefined || (publicOnly && !isPublic(client))) return undefined;
      return { key: addressKey(client, ipv6Prefix), group: "default" };
    },
    { needsAddress: true },
  );
  return findsAddress(find, address);
}

function readForwarding(options: ClientIpOptions, unsafeTrustAll: boolean): ForwardedClient {
  const { trustedProxies, header = "x-forwarded-for", hops } = options;
  if (hops === undefined) {
    return forwardedClient(header, trustedProxies ?? (unsafeTrustAll ? "*" : []), unsafeTrustAll);
  }
  if (trustedProxies === undefined && !unsafeTrustAll) return clientAtHop(header, hops);
  const message = "clientIp takes trustedProxies or hops, not both; trustedProxies is safe";
  throw new ConfigurationError("INVALID_OPTION", message, { value: hops, path: "hops" });
}
