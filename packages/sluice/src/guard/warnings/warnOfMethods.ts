import { nearestWord } from "../../errors/nearestWord.ts";
import { show } from "../../errors/show.ts";
import type { Warn } from "../../events/Warning.ts";
import type { CompiledRule } from "../../rules/compileRule.ts";
import { KNOWN_METHODS } from "../../rules/knownMethods.ts";

/** Anybody may use a method of their own, so one that nobody knows may be meant. */
export function warnOfMethods(rules: readonly CompiledRule[], warn: Warn): void {
  const unknown = rules.flatMap(({ index, methods }) =>
    methods.text
      .split(",")
      .filter(isUnknown)
      .map(
        (name) => `rules[${index}] is for the method ${show(name)}, which no standard knows${hintOf(name)}`,
      ),
  );
  if (unknown.length > 0) warn({ code: "UNKNOWN_METHOD", message: unknown.join("; ") });
}

function isUnknown(name: string): boolean {
  return name !== "*" && !KNOWN_METHODS.includes(name);
}

function hintOf(name: string): string {
  const nearest = nearestWord(name, KNOWN_METHODS);
  return nearest === undefined ? "" : ` (did you mean ${show(nearest)}?)`;
}
