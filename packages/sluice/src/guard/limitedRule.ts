import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { whenReady } from "../units/whenReady.ts";
import type { Decision } from "../limiter/Decision.ts";
import { decideCall } from "../limiter/decideCall.ts";
import { Faults, noneTold, type ToldFaults } from "../limiter/failure/Faults.ts";
import type { Cost } from "../limiter/Limiter.ts";
import type { NamedPlan } from "../limiter/NamedPlan.ts";
import { emitDecision } from "../limiter/tellDecision.ts";
import { concretePath } from "../rules/paths/concretePath.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import type { Plan } from "../stores/Store.ts";
import { decideCharge, decided } from "./decideCharge.ts";
import { denied } from "./denied.ts";
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
  /** What it says to who is on its deny list. */
  deny(identity: Identity): Ruling;
}

/** Gives a rule its limiter. */
export function limitedRule(settings: GuardSettings, rule: CompiledRule, plan: Plan): LimitedRule {
  const { store, events } = settings;
  const named = namedPlan(settings, rule, plan);
  const stateKeyOf = (key: string, target: string) =>
    rule.poolByPath ? JSON.stringify([concretePath(rule.path, target), key]) : key;
  return {
    rule,
    async consume(key, cost, target) {
      const own = typeof rule.cost === "function" ? 1 : rule.cost;
      return decideCall(named, "consume", key, cost ?? own, stateKeyOf(key, target));
    },
    decide(request, { key }) {
      const stateKey = stateKeyOf(key, request.target);
      if (typeof rule.cost !== "function")
        return decideCharge(named, rule, store, { key, stateKey, cost: rule.cost });
      return whenReady(rule.cost(request), (cost) =>
        decideCharge(named, rule, store, { key, stateKey, cost }),
      );
    },
    deny({ key }) {
      const decision = denied(key);
      if (events.wantsDecisions) emitDecision(named, decision, undefined);
      return decided(rule, decision);
    },
  };
}

function namedPlan(settings: GuardSettings, rule: CompiledRule, plan: Plan): NamedPlan {
  const { store, events } = settings;
  const { text, names, dryRun } = rule;
  const owner = { name: text, store, failure: { ...settings.failure, ...rule.failure }, events };
  const faults = new Faults(owner, plan, names, toldFaultsOf(settings, rule));
  return { name: text, events, dryRun, plan, names, subjects: [], prepared: store.prepare(plan), faults };
}

/** Groups tell rules of one text apart. Operators choose both, so there are few. */
function toldFaultsOf({ toldFaults }: GuardSettings, { text, groups }: CompiledRule): ToldFaults {
  const rule = JSON.stringify([text, ...(groups ?? [])]);
  const told = toldFaults.get(rule) ?? noneTold();
  toldFaults.set(rule, told);
  return told;
}
