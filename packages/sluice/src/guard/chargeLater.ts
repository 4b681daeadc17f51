import type { Decision } from "../limiter/Decision.ts";
import type { Cost } from "../limiter/Limiter.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import type { Mode } from "../stores/Store.ts";
import type { Ruling } from "./Ruling.ts";

/** Others may take what remained between two tries. */
const MOST_TRIES = 4;

type Ask = (mode: Mode, cost: Cost) => Promise<Decision>;

/** The ruling of a rule that counts by the answer: what would pass now, to be charged when the answer is known. */
export async function chargeLater(rule: CompiledRule, cost: Cost, ask: Ask): Promise<Ruling> {
  const decision = await ask("peek", cost);
  if (decision.allowed) return { rule, decision, charge: () => chargeFully(cost, ask), release: undefined };
  // A refusal may start a block, or count itself; a look does neither.
  const isNoted = rule.block.duration > 0 || rule.limits.some(({ countDenied }) => countDenied);
  const refusal = isNoted ? await ask("consume", cost) : decision;
  return { rule, decision: refusal, charge: undefined, release: undefined };
}

/**
 * Charges a request that is over. Requests at once were all let through by what remained before them, so there may be too
 * little left for all: then each limit is charged what it has room for, and is full.
 */
async function chargeFully(cost: Cost, ask: Ask): Promise<void> {
  let decision = await ask("consume", cost);
  for (let tries = 1; tries < MOST_TRIES && hasRoom(decision); tries++)
    decision = await ask("consume", roomLeft(decision));
}

function hasRoom({ allowed, reason, limits }: Decision): boolean {
  return (
    !allowed && reason === "limited" && limits.some(({ cost, remaining }) => Math.min(cost, remaining) > 0)
  );
}

function roomLeft({ limits }: Decision): Cost {
  return Object.fromEntries(limits.map(({ name, cost, remaining }) => [name, Math.min(cost, remaining)]));
}
