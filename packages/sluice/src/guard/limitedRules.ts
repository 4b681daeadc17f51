import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { Cost } from "../limiter/Limiter.ts";
import { decideCall, decideQuietly } from "../limiter/decideCall.ts";
import type { DecidingPlan, NamedPlan } from "../limiter/NamedPlan.ts";
import { emitDecision, tellDecision } from "../limiter/tellDecision.ts";
import { isPromise, whenReady } from "../identity/whenReady.ts";
import { takeLease } from "../limiter/holds/takeLease.ts";
import { Endings } from "../limiter/waiting/Endings.ts";
import { idleTimer } from "../limiter/waiting/hostTimer.ts";
import { Faults } from "../limiter/failure/Faults.ts";
import type { registerLimiter } from "../limiter/registerLimiter.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { canonicalPath } from "../rules/canonicalPath.ts";
import type { Timer } from "../stores/Clock.ts";
import type { Plan } from "../stores/Store.ts";
import { chargeLater } from "./chargeLater.ts";
import { denied } from "./denied.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import type { Ruling } from "./Ruling.ts";

/** Nobody closes a guard: what it holds ends with its request, or with the process. */
const endings = new Endings();

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

/**
 * Gives every rule its limiter over the guard's store. Rules of one pool spend from the same states.
 * @param register tells the store of them, once all are made
 */
export function limitedRules(
  settings: GuardSettings,
  rules: readonly CompiledRule[],
  register: typeof registerLimiter,
): readonly LimitedRule[] {
  const { store, namespace, failure, events } = settings;
  const plans = rules.map(({ pool, limits, block }): Plan => ({ namespace, pool, limits, block }));
  const limited = rules.map((rule, i): LimitedRule => {
    const faults = new Faults(
      rule.text,
      plans[i],
      rule.names,
      store,
      { ...failure, ...rule.failure },
      events,
    );
    const named: NamedPlan = {
      name: rule.text,
      events,
      dryRun: rule.dryRun,
      plan: plans[i],
      names: rule.names,
      subjects: [],
      prepared: store.prepare(plans[i]),
      faults,
    };
    const stateKeyOf = (key: string, target: string) =>
      rule.poolByPath ? JSON.stringify([canonicalPath(target), key]) : key;
    const decideAt = (cost: Cost, key: string, stateKey: string): Ruling | Promise<Ruling> => {
      if (rule.countOnly !== undefined) return decideLater(named, rule, key, cost, stateKey);
      if (rule.hasLease) return decideWhile(named, rule, key, cost, stateKey, store.timer ?? idleTimer);
      const decision = decideCall(named, "consume", key, cost, stateKey);
      return "then" in decision && isPromise(decision)
        ? decision.then((decision) => decided(rule, decision))
        : decided(rule, decision);
    };
    return {
      rule,
      consume: async (key, cost, target) =>
        decideCall(
          named,
          "consume",
          key,
          cost ?? (typeof rule.cost === "function" ? 1 : rule.cost),
          stateKeyOf(key, target),
        ),
      decide(request, { key }) {
        const stateKey = stateKeyOf(key, request.target);
        if (typeof rule.cost !== "function") return decideAt(rule.cost, key, stateKey);
        return whenReady(rule.cost(request), (cost) => decideAt(cost, key, stateKey));
      },
      deny({ key }) {
        const decision = denied(key);
        if (events.wantsDecisions) emitDecision(named, decision, undefined);
        return decided(rule, decision);
      },
    };
  });
  register(store, plans);
  return limited;
}

function decided(rule: CompiledRule, decision: Decision): Ruling {
  return { rule, decision, charge: undefined, release: undefined };
}

/** What the rule counts at once is held until it is released. */
async function decideWhile(
  named: NamedPlan,
  rule: CompiledRule,
  key: string,
  cost: Cost,
  stateKey: string,
  timer: Timer,
): Promise<Ruling> {
  const lease = await takeLease(named, key, cost, timer, endings, stateKey);
  return { rule, ...lease, charge: undefined };
}

/** The events tell what became of the request, and not how often its rule had to ask. */
function decideLater(
  named: NamedPlan,
  rule: CompiledRule,
  key: string,
  cost: Cost,
  stateKey: string,
): Ruling | Promise<Ruling> {
  const judged = (plan: DecidingPlan) =>
    chargeLater(rule, cost, async (mode, part) => decideQuietly(plan, mode, key, part, stateKey));
  return named.events.wantsDecisions
    ? tellDecision(named, judged, ({ decision }) => decision)
    : judged(named);
}
