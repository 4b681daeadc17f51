import { messageOf } from "../errors/messageOf.ts";
import { noteLimits, registerLimiter } from "../limiter/registerLimiter.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import type { LimitedRule } from "./limitedRule.ts";
import { limitedRules } from "./limitedRules.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import { warnOfSharing } from "./warnings/warnOfSharing.ts";

/** Rules that change whole, or not at all. */
export interface RulesInForce {
  readonly limited: readonly LimitedRule[];
  readonly compiled: readonly CompiledRule[];
}

/**
 * The rules of a guard, which follow their source if they have one. Others that are wrong leave them as they are.
 * @returns those in force now
 */
export function rulesInForce(settings: GuardSettings): () => RulesInForce {
  const { source, compile, warnAgain } = settings;
  warnOfSharing(settings);
  let inForce = madeOf(settings, settings.rules, registerLimiter);

  function keep(error: unknown): void {
    warnAgain({ code: "RULES_KEPT", message: `the rules stay as they were: ${messageOf(error)}` });
  }

  source?.listen({
    changed(others) {
      try {
        inForce = madeOf(settings, compile(others), noteLimits);
      } catch (error) {
        keep(error);
      }
    },
    failed: keep,
  });
  return () => inForce;
}

function madeOf(
  settings: GuardSettings,
  compiled: readonly CompiledRule[],
  register: typeof registerLimiter,
): RulesInForce {
  return { compiled, limited: limitedRules(settings, compiled, register) };
}
