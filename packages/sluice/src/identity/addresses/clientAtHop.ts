import { checkWhole } from "../../errors/checkWhole.ts";
import type { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import type { Warning } from "../../events/Warning.ts";
import { malformed, type ForwardedClient } from "./forwardedClient.ts";
import { headerName } from "../headerName.ts";
import { hopReader } from "./hopReader.ts";

const HOPS_TRUSTED: Warning = {
  code: "HOPS_TRUSTED",
  message:
    "clientIp counts hops and believes every peer: who reaches the application around its proxies chooses its own " +
    "address; trustedProxies with the CIDRs of the proxies is safe",
};

/**
 * Makes the reader of a chain by place: the address `hops` from the right, whoever the peer is. A chain that is shorter,
 * or malformed up to there, came another way: then the peer is counted.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function clientAtHop(header: string, hops: number): ForwardedClient {
  const name = headerName("clientIp header", header);
  checkWhole("clientIp", "hops", hops, 32);
  if (hops > 1 && name !== "x-forwarded-for" && name !== "forwarded") throw noChain(name, hops);
  const readHops = hopReader(name);
  return (request, peer, warn) => {
    warn(HOPS_TRUSTED);
    const value = request.header(name);
    if (value === undefined) return undefined;
    let left = hops;
    for (const hop of readHops(request, value)) {
      if (hop === undefined) break;
      if (--left === 0) return hop;
    }
    warn(malformed(name, peer));
    return undefined;
  };
}

function noChain(header: string, value: number): ConfigurationError {
  return invalidOption("clientIp", "hops", value, `1 for ${header}, which holds one address`, 1);
}
