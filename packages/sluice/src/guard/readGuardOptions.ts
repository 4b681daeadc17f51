import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { checkStyle, type HeaderOptions } from "../headers/rateLimitHeaders.ts";
import { clientIp } from "../identity/clientIp.ts";
import { identify } from "../identity/identify.ts";
import type { Identify, Warn } from "../identity/Identity.ts";
import { checkLabel } from "../limiter/checkLabel.ts";
import { type CompiledRule, compileRule } from "../rules/compileRule.ts";
import { checkStore } from "../stores/checkStore.ts";
import { memoryStore } from "../stores/memory/memoryStore.ts";
import type { Store } from "../stores/Store.ts";
import { GUARD_OPTIONS, type GuardOptions } from "./GuardOptions.ts";
import { warnOnce } from "./warnOnce.ts";

/** The options, checked and with their defaults. */
export interface GuardSettings {
  readonly skip: GuardOptions["skip"];
  readonly onLimit: GuardOptions["onLimit"];
  readonly onIdentityError: GuardOptions["onIdentityError"];
  readonly cost: GuardOptions["cost"];
  readonly rules: readonly CompiledRule[];
  readonly identify: Identify;
  readonly store: Store;
  readonly namespace: string;
  readonly headers: HeaderOptions;
  readonly exposeHeaders: boolean;
  readonly onMissingIdentity: NonNullable<GuardOptions["onMissingIdentity"]>;
  readonly warn: Warn;
  readonly dryRun: boolean;
}

export function readGuardOptions(options: GuardOptions): GuardSettings {
  checkOptions("rateLimit", options, GUARD_OPTIONS);
  const { store = memoryStore(), namespace = "sluice", headers = "draft-11", onMissingIdentity = "throw" } = options;
  checkStore("rateLimit", store);
  checkLabel("rateLimit", "namespace", namespace, 64);
  checkStyle(headers);
  if (typeof onMissingIdentity !== "function" && !["throw", "skip", "shared"].includes(onMissingIdentity)) {
    throw new ConfigurationError(
      "INVALID_OPTION",
      `rateLimit onMissingIdentity must be "throw", "skip", "shared" or a function, not ${show(onMissingIdentity)}`,
      { value: onMissingIdentity, nearest: "throw", path: "onMissingIdentity" },
    );
  }
  for (const name of ["skip", "onLimit", "onIdentityError", "onWarning"] as const) checkFunction(name, options[name]);
  const { skip, onLimit, onIdentityError, cost } = options;
  return {
    skip,
    onLimit,
    onIdentityError,
    cost,
    rules: readRules(options),
    identify: identify(options.identify ?? clientIp()),
    store,
    namespace,
    headers: { headers, partitionKey: options.partitionKey ?? false },
    exposeHeaders: options.exposeHeaders ?? false,
    onMissingIdentity,
    warn: warnOnce(options.onWarning),
    dryRun: options.dryRun ?? false,
  };
}

/** The rules, or the one rule that `limits` stands for. Their default pools begin with the guard's name. */
function readRules({ limits, rules, name }: GuardOptions): readonly CompiledRule[] {
  if ((limits === undefined) === (rules === undefined)) {
    throw new ConfigurationError("INVALID_OPTION", "rateLimit takes either limits or rules", { path: "rules" });
  }
  if (rules !== undefined && (!Array.isArray(rules) || rules.length === 0)) {
    throw new ConfigurationError("INVALID_OPTION", `rateLimit rules must be a list of at least one rule, not ${show(rules)}`, {
      value: rules,
      path: "rules",
    });
  }
  if (name !== undefined) checkLabel("rateLimit", "name", name, 64);
  const compiled = rules === undefined ? [compileRule("rateLimit", { limits: limits! }, 0)] : rules.map((rule, i) => compileRule(`rules[${i}]`, rule, i));
  if (name === undefined) return compiled;
  return compiled.map((rule, i) => (hasOwnPool(rules?.[i]?.pool) ? { ...rule, pool: `${name} ${rule.pool}` } : rule));
}

function hasOwnPool(pool: string | undefined): boolean {
  return pool === undefined || pool === "path";
}

function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new ConfigurationError("INVALID_OPTION", `rateLimit ${option} must be a function, not ${show(value)}`, { value, path: option });
}
