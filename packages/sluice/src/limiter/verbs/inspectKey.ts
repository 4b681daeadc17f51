import type { Details } from "../../algorithms/Limit.ts";
import { askStore } from "../askStore.ts";
import type { LimitDecision } from "../Decision.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Inspection, LimitInspection } from "../Inspection.ts";
import type { Key } from "../Limiter.ts";
import { readKey } from "../readKey.ts";
import { toDecision } from "../toDecision.ts";

/**
 * Tells what the store knows of a key.
 * @throws StoreError
 */
export async function inspectKey(named: NamedPlan, key: Key): Promise<Inspection> {
  const { plan, names, subjects } = named;
  const keys = readKey(key, subjects);
  const outcome = await askStore(named, (prepared) => prepared.decide(keys, 0, "peek"));
  const decision = toDecision(plan.limits, names, key, 0, outcome);
  const limits = decision.limits.map(inspectionOf);
  const blockedForMs = outcome.blockedFor / 1000;
  const block = outcome.blocked ? [`blocked for ${seconds(blockedForMs)}`] : [];
  const text = [...block, ...limits.map(textOf)].join("; ");
  return { key: decision.key, blocked: outcome.blocked, blockedForMs, limits, text };
}

function inspectionOf(decision: LimitDecision): LimitInspection {
  const { name, algorithm, limit, remaining, windowMs, resetAfterMs, details } = decision;
  return { name, algorithm, limit, remaining, used: limit - remaining, windowMs, resetAfterMs, details };
}

function textOf({ name, limit, remaining, resetAfterMs, details }: LimitInspection): string {
  const back = resetAfterMs > 0 ? `, all back in ${seconds(resetAfterMs)}` : "";
  return `${name}: ${remaining} of ${limit} left${back} (${wordsOf(details)})`;
}

function wordsOf(details: Details): string {
  return Object.entries(details)
    .map(([word, value]) => `${word} ${typeof value === "number" ? rounded(value) : value}`)
    .join(", ");
}

function seconds(ms: number): string {
  return `${rounded(ms / 1000)} s`;
}

function rounded(number: number): number {
  return Math.round(number * 1000) / 1000;
}
