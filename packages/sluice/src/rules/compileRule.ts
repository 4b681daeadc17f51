import type { Limit } from "../algorithms/Limit.ts";
import { nameLimits } from "../algorithms/nameLimits.ts";
import { checkFunction } from "../errors/checkFunction.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";
import { standingAt } from "../errors/standingAt.ts";
import { type FailureSettings, readFailureOptions } from "../limiter/failure/FailureOptions.ts";
import { checkLabel } from "../errors/checkLabel.ts";
import { readCost } from "../limiter/readCost.ts";
import type { BlockPlan } from "../stores/Store.ts";
import type { ClientSet } from "./clientSet.ts";
import { checkCountOnly, type CountOnly } from "./CountOnly.ts";
import { type MethodSet, methodSet } from "./methodSet.ts";
import { type OnLimit, readOnLimit } from "./OnLimit.ts";
import { type PathMatcher, pathPattern } from "./paths/pathPattern.ts";
import { readBlock } from "./readBlock.ts";
import { readClients } from "./readClients.ts";
import { readRuleLimits } from "./readRuleLimits.ts";
import { type Rule, RULE_OPTIONS } from "./Rule.ts";

/** A rule that was checked, with everything that can be known beforehand. */
export interface CompiledRule {
  /** Where it stands in the list, from 0. */
  readonly index: number;
  /** Path pattern and methods, for people and metrics: `POST /user/:id`. */
  readonly text: string;
  readonly path: PathMatcher;
  readonly methods: MethodSet;
  /** Undefined: every group. */
  readonly groups: ReadonlySet<string> | undefined;
  /** Empty: unlimited. */
  readonly limits: readonly Limit[];
  readonly names: readonly string[];
  /** Some of it is counted at once, and comes back when the request ends. */
  readonly hasLease: boolean;
  readonly pool: string;
  /** Each concrete path has its own counters. */
  readonly poolByPath: boolean;
  readonly cost: NonNullable<Rule["cost"]>;
  readonly skip: Rule["skip"];
  /** Undefined: nobody. */
  readonly allow: ClientSet | undefined;
  readonly deny: ClientSet | undefined;
  /** Undefined: every request. */
  readonly countOnly: CountOnly | undefined;
  readonly onLimit: OnLimit | undefined;
  readonly block: BlockPlan;
  /** What the rule says itself of a store that fails. */
  readonly failure: Partial<Pick<FailureSettings, "policy" | "timeoutMs">>;
  readonly dryRun: boolean;
}

/** What a guard says of all its rules. */
export interface RuleDefaults {
  /** Stands before the pools that are not named, and in the scope of blocks of one rule. */
  readonly name?: string | undefined;
  readonly cost?: Rule["cost"] | undefined;
  readonly allow?: ClientSet | undefined;
  readonly deny?: ClientSet | undefined;
  readonly countOnly?: CountOnly | undefined;
  readonly onLimit?: OnLimit | undefined;
  readonly dryRun?: boolean | undefined;
}

/**
 * Checks a rule and makes it ready.
 * @param owner where it stands, for messages: `rules[2]`
 * @throws ConfigurationError
 */
export function compileRule(
  owner: string,
  rule: Rule,
  index: number,
  defaults: RuleDefaults = {},
): CompiledRule {
  const { name, cost = 1, dryRun = false } = defaults;
  checkOptions(owner, rule, RULE_OPTIONS);
  const path = standingAt(owner, "path", () => pathPattern(rule.path === undefined ? "**" : rule.path));
  const methods = standingAt(owner, "method", () => methodSet(rule.method));
  const text = `${methods.text} ${path.text}`;
  const limits = readRuleLimits(owner, rule);
  const names = nameLimits(owner, limits);
  const hasLease = limits.some(({ isLease }) => isLease);
  const { pool, poolByPath } = readPool(owner, rule, name === undefined ? text : `${name} ${text}`);
  if (rule.dryRun !== undefined) checkSwitch(owner, "dryRun", rule.dryRun);
  const isDryRun = rule.dryRun === true || dryRun;
  return {
    index,
    text,
    path,
    methods,
    groups: readGroups(owner, rule.group),
    limits,
    names,
    hasLease,
    pool,
    poolByPath,
    cost: standingAt(owner, "cost", () => readRuleCost(rule.cost, cost, names)),
    ...readClients(owner, rule, defaults),
    ...readAnswers(owner, rule, defaults, hasLease),
    block: readBlock(owner, rule, isDryRun, { pool, rule: JSON.stringify([name ?? "", index, pool]) }),
    failure: readRuleFailure(owner, rule),
    dryRun: isDryRun,
  };
}

/** @param own what the pool is called if the rule does not say */
function readPool(owner: string, { pool }: Rule, own: string): Pick<CompiledRule, "pool" | "poolByPath"> {
  if (pool === "path") return { pool: `${own} by path`, poolByPath: true };
  if (pool !== undefined) checkLabel(owner, "pool", pool, 256);
  return { pool: pool ?? own, poolByPath: false };
}

/** A function is asked at each request. The cost of a guard need not fit rules without limits. */
function readRuleCost(
  own: Rule["cost"],
  ofGuard: CompiledRule["cost"],
  names: readonly string[],
): CompiledRule["cost"] {
  const cost = own === undefined ? ofGuard : own;
  if (typeof cost !== "function" && (own !== undefined || names.length > 0)) readCost(cost, names);
  return cost;
}

function readAnswers(
  owner: string,
  { skip, countOnly, onLimit }: Rule,
  defaults: RuleDefaults,
  hasLease: boolean,
): Pick<CompiledRule, "skip" | "countOnly" | "onLimit"> {
  checkFunction(owner, "skip", skip);
  checkCountOnly(owner, countOnly);
  const answer = readOnLimit(owner, onLimit);
  const counted = countOnly ?? defaults.countOnly;
  if (hasLease && counted !== undefined) throw countedTooLate(owner, counted);
  return { skip, countOnly: counted, onLimit: answer ?? defaults.onLimit };
}

function countedTooLate(owner: string, countOnly: CountOnly): ConfigurationError {
  const message = `${owner} has a limit on concurrency, which counts requests while they run, and countOnly ${show(countOnly)}, which counts them afterwards; put one of the two into a guard of its own, with also`;
  return new ConfigurationError("INVALID_OPTION", message, {
    value: countOnly,
    path: optionPath(owner, "countOnly"),
  });
}

function readRuleFailure(owner: string, { onStoreError, timeoutMs }: Rule): CompiledRule["failure"] {
  const read = readFailureOptions(owner, { onStoreError, timeoutMs });
  return {
    ...(onStoreError !== undefined && { policy: read.policy }),
    ...(timeoutMs !== undefined && { timeoutMs: read.timeoutMs }),
  };
}

function readGroups(owner: string, group: Rule["group"]): ReadonlySet<string> | undefined {
  if (group === undefined) return undefined;
  const groups = Array.isArray(group) ? group : [group];
  if (groups.length === 0) throw invalidOption(owner, "group", group, "a group or a list of groups");
  for (const each of groups) checkLabel(owner, "group", each, 256);
  return new Set(groups);
}
