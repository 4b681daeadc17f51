import { forwardedForHops } from "./forwardedForHops.ts";
import { forwardedHops } from "./forwardedHops.ts";
import type { Address } from "./parseAddress.ts";
import { parseHop } from "./parseHop.ts";
import type { RequestInfo } from "../RequestInfo.ts";

/** The hops that a request's forwarding header names, the nearest first; undefined among them = malformed. */
export type HopReader = (request: RequestInfo, value: string) => Iterable<Address | undefined>;

/** How to read a header: a chain of hops, or the one address that a provider's header holds. */
export function hopReader(header: string): HopReader {
  if (header === "x-forwarded-for") return (_request, value) => forwardedForHops(value);
  if (header === "forwarded") return (_request, value) => forwardedHops(value);
  return (request, value) => [request.headerLines(header) > 1 ? undefined : parseHop(value)];
}
