import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { contains, parseCidr } from "../identity/addresses/parseCidr.ts";
import type { Address } from "../identity/addresses/parseAddress.ts";
import type { Clients } from "./Clients.ts";

/** Clients that were read. */
export interface ClientSet {
  /** Whether it holds the client. The address is only asked for if it matters. */
  readonly has: (key: string, address: () => Address | undefined) => boolean;
  readonly hasAddresses: boolean;
}

/**
 * Reads a list of clients.
 * @param owner where it stands, for messages: `rules[2].deny`
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`, `INVALID_ADDRESS`
 */
export function clientSet(owner: string, clients: Clients): ClientSet {
  checkOptions(owner, clients, ["keys", "addresses"]);
  if (clients.keys === undefined && clients.addresses === undefined) throw nobodyNamed(owner, clients);
  const keys = new Set(readList(owner, "keys", clients.keys));
  const ranges = readList(owner, "addresses", clients.addresses).map((text) => parseCidr(owner, text));
  return {
    has: (key, address) => keys.has(key) || (ranges.length > 0 && isWithin(address())),
    hasAddresses: ranges.length > 0,
  };

  function isWithin(address: Address | undefined): boolean {
    return address !== undefined && ranges.some((range) => contains(range, address));
  }
}

/** Both together; undefined if there is none. */
export function eitherSet(a: ClientSet | undefined, b: ClientSet | undefined): ClientSet | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    has: (key, address) => a.has(key, address) || b.has(key, address),
    hasAddresses: a.hasAddresses || b.hasAddresses,
  };
}

function readList(owner: string, name: string, list: readonly string[] | undefined = []): readonly string[] {
  if (Array.isArray(list) && list.every((text) => typeof text === "string" && text !== "")) return list;
  const nearest = typeof list === "string" ? [list] : undefined;
  throw invalidOption(owner, name, list, "a list of texts", nearest);
}

function nobodyNamed(owner: string, value: unknown): ConfigurationError {
  const nearest = { addresses: ["10.0.0.0/8"] };
  const message = `${owner} needs keys or addresses, such as { addresses: ["10.0.0.0/8"] }`;
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest });
}
