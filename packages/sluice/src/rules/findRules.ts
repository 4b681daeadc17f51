import type { CompiledRule } from "./compileRule.ts";

const NONE: readonly CompiledRule[] = [];

/** The rules whose path and method fit one of the readings of a target, in order, by reading. */
export function fittingRules(
  rules: readonly CompiledRule[],
  method: string,
  readings: readonly string[],
): readonly (readonly CompiledRule[])[] {
  return readings.map((path) => rules.filter((rule) => rule.methods.has(method) && rule.path.matches(path)));
}

/**
 * The rules that decide: of each reading the first whose group fits too. Nearly always one, since nearly every target
 * has one reading.
 */
export function decidingRules(
  fitting: readonly (readonly CompiledRule[])[],
  group: string,
): readonly CompiledRule[] {
  const first = fitting.map((rules) => rules.find(({ groups }) => groups === undefined || groups.has(group)));
  if (first.length === 1) return first[0] === undefined ? NONE : (first as CompiledRule[]);
  return [...new Set(first)].filter((rule) => rule !== undefined);
}
