import {
  apiKey,
  clientIp,
  type ClientIpOptions,
  combine,
  firstOf,
  header,
  type IdentitySource,
} from "sluice";

/** A source of identities as a file has it: `clientIp`, `{ apiKey: x-api-key }`, `{ combine: [...] }`. */
export type SourceData =
  | "clientIp"
  | "apiKey"
  | { readonly clientIp: ClientIpOptions }
  | { readonly apiKey: string }
  | { readonly header: string }
  | { readonly combine: readonly SourceData[] }
  | { readonly firstOf: readonly SourceData[] };

/**
 * A source from data that fits the schema.
 * @param trusted the proxies that `clientIp` trusts where the file does not say so itself
 * @throws ConfigurationError
 */
export function sourceOf(data: SourceData, trusted: readonly string[]): IdentitySource {
  if (data === "clientIp") return clientIp({ trustedProxies: trusted });
  if (data === "apiKey") return apiKey();
  if ("clientIp" in data) return clientIp(withTrusted(data.clientIp, trusted));
  if ("apiKey" in data) return apiKey(data.apiKey);
  if ("header" in data) return header(data.header);
  const each = (list: readonly SourceData[]) => list.map((source) => sourceOf(source, trusted));
  return "combine" in data ? combine(...each(data.combine)) : firstOf(...each(data.firstOf));
}

function withTrusted(options: ClientIpOptions, trusted: readonly string[]): ClientIpOptions {
  const saysItself = options.trustedProxies !== undefined || options.unsafeTrustAll === true;
  return saysItself ? options : { ...options, trustedProxies: trusted };
}
