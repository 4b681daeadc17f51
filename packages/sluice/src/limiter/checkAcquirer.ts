import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Acquirer } from "./Acquirer.ts";

/**
 * Refuses what cannot be asked, at construction.
 * @param owner whose option `limiter` it is, for the message
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkAcquirer(owner: string, limiter: unknown): asserts limiter is Acquirer {
  if (typeof (limiter as Partial<Acquirer> | null | undefined)?.acquire === "function") return;
  const message = `${owner}: limiter must be a limiter, or have acquire(key) as one has, not ${show(limiter)}; foreignLimiter() wraps others`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: limiter, path: "limiter" });
}
