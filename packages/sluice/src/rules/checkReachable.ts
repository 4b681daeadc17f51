import { ConfigurationError } from "../errors/ConfigurationError.ts";
import type { CompiledRule } from "./compileRule.ts";
import { covers } from "./covers.ts";

/** Longer lists are made by programs; to compare every two of their rules would take seconds. */
const MOST_COMPARED = 1_000;

/**
 * Refuses a rule that no request can reach, because one before it decides whatever it fits.
 * @throws ConfigurationError `UNREACHABLE_RULE`
 */
export function checkReachable(rules: readonly CompiledRule[]): void {
  if (rules.length > MOST_COMPARED) return;
  for (const rule of rules) {
    const before = rules.find((other) => other.index < rule.index && covers(other, rule));
    if (before !== undefined) throw unreachable(rule, before);
  }
}

function unreachable(rule: CompiledRule, before: CompiledRule): ConfigurationError {
  const owner = `rules[${rule.index}]`;
  const [text, textBefore] = textsOf(rule, before);
  const advice = covers(rule, before) ? "leave out one of them" : "put the narrower one first";
  const message =
    `${owner} (${text}) can never decide: rules[${before.index}] (${textBefore}) stands before it and fits ` +
    `whatever it fits; ${advice}`;
  return new ConfigurationError("UNREACHABLE_RULE", message, { value: rule.text, path: owner });
}

/** With the groups where the rules differ by them. */
function textsOf(...rules: readonly CompiledRule[]): readonly string[] {
  const groups = rules.map(({ groups }) =>
    groups === undefined ? "every group" : `group ${[...groups].join(", ")}`,
  );
  return rules.map(({ text }, i) => (groups[0] === groups[1] ? text : `${text}, ${groups[i]}`));
}
