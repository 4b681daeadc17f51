import type { CompiledRule } from "./compileRule.ts";

const NONE: readonly CompiledRule[] = [];

/** What a request is, as far as rules look at it. */
export interface Searched {
  readonly rules: readonly CompiledRule[];
  readonly method: string;
  /** The paths that its target may be: nearly always one. */
  readonly readings: readonly string[];
}

/** Of each reading the first rule whose path and method fit, if there is one. */
export function fittingRules(searched: Searched): readonly CompiledRule[] {
  const { readings } = searched;
  if (readings.length > 1) return someOf(readings.map((path) => firstRule(searched, path)));
  const rule = firstRule(searched, readings[0]);
  return rule === undefined ? NONE : [rule];
}

/**
 * The rules that decide: of each reading the first whose group fits too.
 * @param fitting those that fit whatever the group is
 */
export function decidingRules(
  searched: Searched,
  fitting: readonly CompiledRule[],
  group: string,
): readonly CompiledRule[] {
  const { readings } = searched;
  if (readings.length === 1 && isFor(fitting[0], group)) return fitting;
  return someOf(readings.map((path) => firstRule(searched, path, group)));
}

/** @param group default: whatever it is */
function firstRule({ rules, method }: Searched, path: string, group?: string): CompiledRule | undefined {
  for (const rule of rules) {
    const isMeant = group === undefined || isFor(rule, group);
    if (isMeant && rule.methods.has(method) && rule.path.matches(path)) return rule;
  }
  return undefined;
}

function isFor({ groups }: CompiledRule, group: string): boolean {
  return groups === undefined || groups.has(group);
}

/** Each once. */
function someOf(rules: readonly (CompiledRule | undefined)[]): readonly CompiledRule[] {
  return [...new Set(rules)].filter((rule) => rule !== undefined);
}
