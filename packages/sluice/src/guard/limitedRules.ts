import type { registerLimiter } from "../limiter/registerLimiter.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import type { Plan } from "../stores/Store.ts";
import { limitedRule, type LimitedRule } from "./limitedRule.ts";
import type { GuardSettings } from "./readGuardOptions.ts";

/**
 * Gives every rule its limiter over the guard's store. Rules of one pool spend from the same states.
 * @param register tells the store of them, once all are made
 */
export function limitedRules(
  settings: GuardSettings,
  rules: readonly CompiledRule[],
  register: typeof registerLimiter,
): readonly LimitedRule[] {
  const { store, namespace } = settings;
  const plans = rules.map(({ pool, limits, block }): Plan => ({ namespace, pool, limits, block }));
  const limited = rules.map((rule, i) => limitedRule(settings, rule, plans[i]));
  register(store, plans);
  return limited;
}
