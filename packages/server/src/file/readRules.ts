import { guard, type GuardOptions, type IdentitySource, type Rule } from "sluice";
import { Inspection } from "./Inspection.ts";
import { readRule } from "./readRule.ts";
import type { RuleData, RulesData, SharedOptions } from "./RulesData.ts";
import { RulesFileError } from "./RulesFileError.ts";
import type { ParsedFile } from "./ParsedFile.ts";
import { type SourceData, sourceOf } from "./sourceOf.ts";

/** What a file makes of a guard, but for the store. */
export type RulesOptions = SharedOptions & {
  readonly rules: readonly Rule[];
  readonly identify: NonNullable<GuardOptions["identify"]>;
};

/**
 * Checks what a rules file holds.
 * @param file its name, for messages
 * @param trusted the proxies that `clientIp` trusts where the file does not say so itself
 * @throws RulesFileError with everything that is wrong
 */
export function readRules(file: string, source: ParsedFile, trusted: readonly string[] = []): RulesOptions {
  const inspection = new Inspection(source);
  const data = (isMap(source.data) ? source.data : {}) as Partial<RulesData>;
  const { rules: _rules, identify: _identify, ...shared } = data;
  const rules: readonly RuleData[] = Array.isArray(data.rules) ? data.rules : [];
  const options = {
    ...shared,
    rules: rules.map((rule, i) => (isMap(rule) ? readRule(inspection, rule, i) : {})),
    identify: readSources(inspection, data.identify ?? "clientIp", trusted),
  };
  for (const name of Object.keys(shared) as (keyof SharedOptions)[]) {
    inspection.attempt([name], shared[name], () => guard({ limits: "1/s", [name]: shared[name] }));
  }
  if (inspection.faults.length === 0) inspection.attempt([], data, () => guard(options));
  if (inspection.faults.length > 0) throw new RulesFileError(file, inspection.faults);
  return options;
}

function readSources(
  inspection: Inspection,
  data: RulesData["identify"],
  trusted: readonly string[],
): IdentitySource[] {
  const list = (Array.isArray(data) ? data : [data]) as readonly SourceData[];
  const at = (i: number) => (Array.isArray(data) ? ["identify", i] : ["identify"]);
  const sources = list.map((source, i) => inspection.attempt(at(i), source, () => sourceOf(source, trusted)));
  return sources.filter((source) => source !== undefined);
}

function isMap(data: unknown): boolean {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
