import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import { limiterOf } from "../limiter/limiterOf.ts";
import { registerLimiter } from "../limiter/registerLimiter.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { canonicalPath } from "../rules/canonicalPath.ts";
import type { Plan } from "../stores/Store.ts";
import type { GuardSettings } from "./readGuardOptions.ts";

/** A rule and the limiter that decides for it. */
export interface LimitedRule {
  readonly rule: CompiledRule;
  decide(request: RequestInfo, identity: Identity): Promise<Decision>;
}

/** Gives every rule its limiter over the guard's store. Rules of one pool spend from the same states. */
export function limitedRules(settings: GuardSettings): readonly LimitedRule[] {
  const { rules, store, namespace } = settings;
  const plans = rules.map(({ pool, limits, block }): Plan => ({ namespace, pool, limits, block }));
  registerLimiter(store, plans);
  return rules.map((rule, i) => {
    const limiter = limiterOf(plans[i], rule.names, store.prepare(plans[i]));
    const decide = async (request: RequestInfo, { key }: Identity): Promise<Decision> => {
      const cost = rule.cost ?? settings.cost;
      const options = cost === undefined ? undefined : { cost: typeof cost === "function" ? await cost(request) : cost };
      if (!rule.poolByPath) return limiter.consume(key, options);
      return { ...(await limiter.consume(JSON.stringify([canonicalPath(request.target), key]), options)), key };
    };
    return { rule, decide };
  });
}
