import { show } from "../../errors/show.ts";
import type { Warn } from "../../events/Warning.ts";
import { readCost } from "../../limiter/readCost.ts";
import type { CompiledRule } from "../../rules/compileRule.ts";
import { costOf } from "../../stores/costOf.ts";

/** A rule whose cost is above a limit refuses everybody for ever. A limit of 0 is meant to, and a dry run refuses nobody. */
export function warnOfCosts(rules: readonly CompiledRule[], warn: Warn): void {
  const told = rules.flatMap(neverPasses);
  if (told.length > 0) warn({ code: "NEVER_PASSES", message: told.join("; ") });
}

function neverPasses({ index, cost, limits, names, dryRun }: CompiledRule): string[] {
  if (typeof cost === "function" || dryRun || limits.length === 0) return [];
  const costs = readCost(cost, names);
  const i = limits.findIndex(
    (limit, i) => !limit.dryRun && limit.limit > 0 && costOf(costs, i) > limit.limit,
  );
  if (i === -1) return [];
  return [
    `rules[${index}] costs ${costOf(costs, i)}, and its limit ${show(names[i])} lets ${limits[i].limit} pass at once: it refuses every request`,
  ];
}
