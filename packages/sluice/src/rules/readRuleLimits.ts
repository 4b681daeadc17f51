import type { Limit } from "../algorithms/Limit.ts";
import { readLimits } from "../algorithms/readLimits.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";
import type { Rule } from "./Rule.ts";

/** Limits that are there and undefined were meant to be something: no reason to let everything pass. */
export function readRuleLimits(owner: string, rule: Rule): readonly Limit[] {
  if (typeof rule.limits === "function") throw changingLimits(owner, rule.limits);
  if (rule.limits !== undefined) return withoutSubjects(owner, readLimits(owner, rule.limits));
  if (!("limits" in rule)) return [];
  const message = `${owner} limits is undefined; leave it out if the rule is meant to be unlimited`;
  throw new ConfigurationError("INVALID_LIMIT", message, {
    nearest: "100/m",
    path: optionPath(owner, "limits"),
  });
}

function changingLimits(owner: string, value: unknown): ConfigurationError {
  const message = `${owner} limits takes no function, give each group a rule with limits of its own: { group: "pro", limits: "100/m" }`;
  const path = optionPath(owner, "limits");
  return new ConfigurationError("INVALID_LIMIT", message, { value, nearest: "100/m", path });
}

function withoutSubjects(owner: string, limits: readonly Limit[]): readonly Limit[] {
  const named = limits.find(({ by }) => by !== undefined);
  if (named === undefined) return limits;
  const message = `${owner} counts the key of the identity; leave out by: ${show(named.by)} of ${named.text}`;
  throw new ConfigurationError("INVALID_LIMIT", message, {
    value: named.by,
    path: optionPath(owner, "limits"),
  });
}
