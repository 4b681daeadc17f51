import { ConfigurationError } from "../../errors/ConfigurationError.ts";

/**
 * Clients are to be told apart by an address that nobody tells.
 * @param adapter the subpath: `fetch`
 */
export function addressNeeded(adapter: string, why: string): ConfigurationError {
  return new ConfigurationError(
    "INVALID_OPTION",
    `rateLimit of sluice/${adapter} needs remoteAddress to identify by clientIp(): ${why}`,
    { path: "remoteAddress" },
  );
}
