import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { Cost } from "../limiter/Limiter.ts";
import { decideCall } from "../limiter/decideCall.ts";
import { whenReady } from "../identity/whenReady.ts";
import { Faults } from "../limiter/failure/Faults.ts";
import { registerLimiter } from "../limiter/registerLimiter.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { canonicalPath } from "../rules/canonicalPath.ts";
import type { Mode, Plan } from "../stores/Store.ts";
import { chargeLater } from "./chargeLater.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import type { Ruling } from "./Ruling.ts";

/** A rule and the limiter that decides for it. */
export interface LimitedRule {
  readonly rule: CompiledRule;
  /**
   * Charges a key as a request would that the rule decides.
   * @param cost default: that of the rule, or 1 if that is a function
   * @param target of the request; only asked for where each concrete path has its own counters
   */
  consume(key: string, cost: Cost | undefined, target: string): Promise<Decision>;
  /** What its limits say to a request. */
  decide(request: RequestInfo, identity: Identity): Ruling | Promise<Ruling>;
}

/** Gives every rule its limiter over the guard's store. Rules of one pool spend from the same states. */
export function limitedRules(settings: GuardSettings): readonly LimitedRule[] {
  const { rules, store, namespace, failure } = settings;
  const plans = rules.map(({ pool, limits, block }): Plan => ({ namespace, pool, limits, block }));
  registerLimiter(store, plans);
  return rules.map((rule, i) => {
    const faults = new Faults(rule.text, plans[i], rule.names, store, { ...failure, ...rule.failure });
    const named = {
      plan: plans[i],
      names: rule.names,
      subjects: [],
      prepared: store.prepare(plans[i]),
      faults,
    };
    const ask = (mode: Mode, key: string, cost: Cost, target: string): Decision | Promise<Decision> => {
      const stateKey = rule.poolByPath ? JSON.stringify([canonicalPath(target), key]) : key;
      return decideCall(named, mode, key, cost, stateKey);
    };
    return {
      rule,
      consume: async (key, cost, target) =>
        ask("consume", key, cost ?? (typeof rule.cost === "function" ? 1 : rule.cost), target),
      decide: (request, { key }) =>
        whenReady(typeof rule.cost === "function" ? rule.cost(request) : rule.cost, (cost) => {
          if (rule.countOnly !== undefined) {
            return chargeLater(rule, cost, async (mode, part) => ask(mode, key, part, request.target));
          }
          const decision = ask("consume", key, cost, request.target);
          return whenReady(decision, (decision) => ({ rule, decision, charge: undefined }));
        }),
    };
  });
}
