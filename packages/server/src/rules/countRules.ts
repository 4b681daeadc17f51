import type { RuleSet } from "./RuleSet.ts";

/** How many rules there are, for people. */
export function countRules({ names }: Pick<RuleSet, "names">): string {
  return names.length === 1 ? "1 rule" : `${names.length} rules`;
}
