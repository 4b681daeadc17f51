import { compileRule, type LimitInput, type Rule } from "sluice";
import type { Inspection } from "./Inspection.ts";
import { limitOf } from "./limitOf.ts";
import type { RuleData } from "./RulesData.ts";
import type { Path } from "./RulesFileError.ts";

/** A rule for the library. Each option is tried by itself, so that every fault is found and told where it stands. */
export function readRule(inspection: Inspection, data: RuleData, index: number): Rule {
  const at = ["rules", index];
  const owner = `rules[${index}]`;
  const rule: Rule = {};
  const adopt = (name: keyof RuleData, part: () => Rule, beside?: Rule) => {
    if (data[name] === undefined) return;
    const tried = inspection.attempt([...at, name], data[name], () => {
      const made = part();
      compileRule(owner, { ...beside, ...made }, index);
      return made;
    });
    Object.assign(rule, tried);
  };
  const { path, limits, cost, ...plain } = data;
  adopt("path", () => ({ path: typeof path === "object" ? new RegExp(path.regexp) : path! }));
  const list = readLimitList(inspection, [...at, "limits"], limits);
  adopt("limits", () => ({ limits: list }));
  for (const name of Object.keys(plain) as (keyof typeof plain)[])
    adopt(name, () => ({ [name]: plain[name] }));
  if (inspection.isSound([...at, "limits"])) adopt("cost", () => ({ cost: cost! }), limitsOf(rule));
  return rule;
}

function limitsOf({ limits }: Rule): Rule {
  return limits === undefined ? {} : { limits };
}

/** One limit or a list. Faulty ones are left out: what is wrong with them is known then. */
function readLimitList(inspection: Inspection, at: Path, data: unknown): readonly LimitInput[] {
  const list: readonly unknown[] = Array.isArray(data) ? data : data === undefined ? [] : [data];
  const place = (i: number) => (Array.isArray(data) ? [...at, i] : at);
  const limits = list.map((limit, i) => inspection.attempt(place(i), limit, () => limitOf(limit)));
  return limits.filter((limit) => limit !== undefined);
}
