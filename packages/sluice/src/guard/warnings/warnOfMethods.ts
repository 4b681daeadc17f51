import { nearestWord } from "../../errors/nearestWord.ts";
import { show } from "../../errors/show.ts";
import type { Warn } from "../../events/Warning.ts";
import type { CompiledRule } from "../../rules/compileRule.ts";
import { KNOWN_METHODS } from "../../rules/knownMethods.ts";

/** Anybody may use a method of their own, so one that nobody knows may be meant. */
export function warnOfMethods(rules: readonly CompiledRule[], warn: Warn): void {
  for (const { index, methods } of rules) {
    const unknown = methods.text.split(",").find((name) => name !== "*" && !KNOWN_METHODS.includes(name));
    if (unknown === undefined) continue;
    const nearest = nearestWord(unknown, KNOWN_METHODS);
    const hint = nearest === undefined ? "" : `; did you mean ${show(nearest)}?`;
    const message = `rules[${index}] is for the method ${show(unknown)}, which no standard knows${hint}`;
    warn({ code: "UNKNOWN_METHOD", message });
  }
}
