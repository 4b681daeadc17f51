import type { Rule } from "sluice";
import { parseSource } from "./parseSource.ts";
import { readRules } from "./readRules.ts";
import { RulesFileError } from "./RulesFileError.ts";

/**
 * The rules of a YAML or JSON file for a program: `fromFile("limits.yaml", { parse: parseRules })`. What a file of
 * `sluice serve` says besides, a program says itself, and is a fault here.
 * @param file its name, for messages
 * @throws RulesFileError with everything that is wrong, each with line, column and path
 */
export function parseRules(text: string, file: string): readonly Rule[] {
  const source = parseSource(file, text);
  const { rules } = readRules(file, source);
  const others = Object.keys(source.data as object).filter((name) => name !== "rules");
  if (others.length === 0) return rules;
  const faults = others.map((name) =>
    source.fault(
      [name],
      "is not taken from the file by a program: say it in the options of the guard",
      "name",
    ),
  );
  throw new RulesFileError(file, faults);
}
