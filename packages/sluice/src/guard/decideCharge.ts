import { isPromise } from "../units/isPromise.ts";
import type { Decision } from "../limiter/Decision.ts";
import { decideCall, decideQuietly } from "../limiter/decideCall.ts";
import { takeLease } from "../limiter/holds/takeLease.ts";
import type { Cost } from "../limiter/Limiter.ts";
import type { DecidingPlan, NamedPlan } from "../limiter/NamedPlan.ts";
import { tellDecision } from "../limiter/tellDecision.ts";
import { Endings } from "../limiter/waiting/Endings.ts";
import { idleTimer } from "../limiter/waiting/hostTimer.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import type { Store } from "../stores/Store.ts";
import { chargeLater } from "./chargeLater.ts";
import type { Ruling } from "./Ruling.ts";

/** Nobody closes a guard: what it holds ends with its request, or with the process. */
const endings = new Endings();

/** Whom a rule charges, and what. */
export interface Charge {
  readonly key: string;
  /** Under which the states are found. */
  readonly stateKey: string;
  readonly cost: Cost;
}

/** Charges a key what the limits of a rule let pass. */
export function decideCharge(
  named: NamedPlan,
  rule: CompiledRule,
  store: Store,
  charge: Charge,
): Ruling | Promise<Ruling> {
  const { key, stateKey, cost } = charge;
  if (rule.countOnly !== undefined) return decideLater(named, rule, charge);
  if (rule.hasLease) return decideWhile(named, rule, store, charge);
  const decision = decideCall(named, "consume", key, cost, stateKey);
  return "then" in decision && isPromise(decision)
    ? decision.then((decision) => decided(rule, decision))
    : decided(rule, decision);
}

/** What is told at once, and leaves nothing to do later. */
export function decided(rule: CompiledRule, decision: Decision): Ruling {
  return { rule, decision, charge: undefined, release: undefined };
}

/** What the rule counts at once is held until it is released. */
async function decideWhile(
  named: NamedPlan,
  rule: CompiledRule,
  { timer = idleTimer }: Store,
  charge: Charge,
): Promise<Ruling> {
  const lease = await takeLease(named, charge, { timer, endings });
  return { rule, ...lease, charge: undefined };
}

/** The events tell what became of the request, and not how often its rule had to ask. */
function decideLater(
  named: NamedPlan,
  rule: CompiledRule,
  { key, stateKey, cost }: Charge,
): Ruling | Promise<Ruling> {
  const judged = (plan: DecidingPlan) =>
    chargeLater(rule, cost, async (mode, part) => decideQuietly(plan, mode, key, part, stateKey));
  return named.events.wantsDecisions
    ? tellDecision(named, judged, ({ decision }) => decision)
    : judged(named);
}
