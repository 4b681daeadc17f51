import { ConfigurationError } from "../errors/ConfigurationError.ts";

/**
 * Refuses a request in place of a handler: what stands itself where a handler is due would answer nobody.
 * @param subpath of the adapter, for the message
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkHandler(subpath: string, handler: unknown): void {
  if (typeof handler === "function") return;
  // Without the value: it may be a request.
  const message = `rateLimit of sluice/${subpath} takes a handler: rateLimit({ limits: "100/m" })(handler)`;
  throw new ConfigurationError("INVALID_OPTION", message);
}
