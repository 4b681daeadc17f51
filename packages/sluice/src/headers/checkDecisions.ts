import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { isPromise } from "../units/isPromise.ts";
import { isDecision } from "./isDecision.ts";

/**
 * Refuses what is no decision, nearly always the promise of one.
 * @param owner what was given it, for messages
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkDecisions(owner: string, decisions: readonly unknown[]): void {
  for (const value of decisions) {
    if (isDecision(value)) continue;
    const given = isPromise(value) ? "the promise of one: await it" : show(value);
    throw new ConfigurationError("INVALID_OPTION", `${owner} takes decisions, not ${given}`, { value });
  }
}
