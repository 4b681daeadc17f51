import type { Rule } from "./Rule.ts";

/** Is told when the rules of a source change. */
export interface RulesListener {
  changed(rules: readonly Rule[]): void;
  /** There are other rules, and they cannot be used: those before stay. */
  failed(error: unknown): void;
}

/** Rules that may change while a guard is at work: what `fromFile` answers. */
export interface RulesSource {
  /** Those in force now. */
  readonly current: readonly Rule[];
  /** @returns ends it */
  listen(listener: RulesListener): () => void;
}

export function isRulesSource(rules: unknown): rules is RulesSource {
  return (
    typeof rules === "object" && rules !== null && "listen" in rules && typeof rules.listen === "function"
  );
}
