import { checkFunction } from "../errors/checkFunction.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { checkStyle } from "../headers/checkStyle.ts";
import type { HeaderOptions } from "../headers/rateLimitHeaders.ts";
import { clientIp } from "../identity/clientIp.ts";
import { type ClientAddress, clientAddress } from "../identity/addresses/clientAddress.ts";
import { identify } from "../identity/identify.ts";
import { needsAddress } from "../identity/source.ts";
import { type EventStream, readEvents } from "../events/EventStream.ts";
import { warnOnce } from "../events/warnOnce.ts";
import type { Warn } from "../events/Warning.ts";
import { type FailureSettings, readFailureOptions } from "../limiter/failure/FailureOptions.ts";
import type { ToldFaults } from "../limiter/failure/Faults.ts";
import type { Identify } from "../identity/Identity.ts";
import { readNamespace } from "../limiter/readNamespace.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { checkStore } from "../stores/checkStore.ts";
import { memoryStore } from "../stores/memory/memoryStore.ts";
import type { Rule } from "../rules/Rule.ts";
import { isRulesSource, type RulesSource } from "../rules/RulesSource.ts";
import type { Store } from "../stores/Store.ts";
import { checkCalled } from "./checkCalled.ts";
import { GUARD_OPTIONS, type GuardOptions } from "./GuardOptions.ts";
import { readRules } from "./readRules.ts";
import { warnOfCosts } from "./warnings/warnOfCosts.ts";
import { warnOfMethods } from "./warnings/warnOfMethods.ts";
import { watchBuilding } from "./warnings/watchBuilding.ts";

/** The options, checked and with their defaults. */
export interface GuardSettings {
  readonly skip: GuardOptions["skip"];
  readonly onIdentityError: GuardOptions["onIdentityError"];
  readonly rules: readonly CompiledRule[];
  /** Where other rules may come from. */
  readonly source: RulesSource | undefined;
  /** Checks other rules. */
  readonly compile: (rules: readonly Rule[]) => readonly CompiledRule[];
  readonly identify: Identify;
  /** Of the client that a request comes from. */
  readonly addressOf: ClientAddress;
  readonly needsAddress: boolean;
  readonly also: readonly GuardOptions[];
  readonly store: Store;
  readonly namespace: string;
  readonly failure: FailureSettings;
  /** What listeners know of the faults of each rule: also of those that take its place. */
  readonly toldFaults: Map<string, ToldFaults>;
  readonly headers: HeaderOptions;
  readonly exposeHeaders: boolean;
  readonly onMissingIdentity: NonNullable<GuardOptions["onMissingIdentity"]>;
  readonly events: EventStream;
  readonly warn: Warn;
  /** Warns each time, also of the same code. */
  readonly warnAgain: Warn;
  /** To be called with every request. */
  readonly countCheck: () => void;
}

export function readGuardOptions(options: GuardOptions): GuardSettings {
  checkCalled(options);
  checkOptions("rateLimit", options, GUARD_OPTIONS);
  const { store = memoryStore(), headers = "draft-11", onMissingIdentity = "throw" } = options;
  checkStore("rateLimit", store);
  checkStyle("rateLimit", headers);
  checkOnMissing(onMissingIdentity);
  for (const name of ["skip", "onIdentityError", "onWarning"] as const)
    checkFunction("rateLimit", name, options[name]);
  for (const name of ["partitionKey", "exposeHeaders", "dryRun"] as const)
    if (options[name] !== undefined) checkSwitch("rateLimit", name, options[name]);
  const { skip, onIdentityError } = options;
  const find = identify(options.identify === undefined ? clientIp() : options.identify);
  const events = readEvents("rateLimit", options.events);
  events.follow(store.events);
  const warn = warnOnce(options.onWarning, events);
  const namespace = readNamespace("rateLimit", options.namespace, store, warn);
  const compile = (rules: GuardOptions["rules"]) => {
    const compiled = readRules(options, rules);
    warnOfMethods(compiled, warn);
    warnOfCosts(compiled, warn);
    return compiled;
  };
  const rules = compile(options.rules);
  return {
    skip,
    onIdentityError,
    rules,
    source: isRulesSource(options.rules) ? options.rules : undefined,
    compile,
    identify: find,
    addressOf: clientAddress(find),
    needsAddress: needsAddress(find),
    also: readAlso(options.also).map((other) => ({ events, ...other })),
    store,
    namespace,
    failure: readFailureOptions("rateLimit", options),
    toldFaults: new Map(),
    headers: { headers, partitionKey: options.partitionKey ?? false },
    exposeHeaders: options.exposeHeaders ?? false,
    onMissingIdentity,
    events,
    warn,
    warnAgain: (warning) => warnOnce(options.onWarning, events)(warning),
    countCheck: watchBuilding(options.store, `${namespace} ${textOf(rules)}`, warn),
  };
}

function checkOnMissing(value: unknown): void {
  if (typeof value === "function" || ["throw", "skip", "shared"].includes(value as string)) return;
  const expected = '"throw", "skip", "shared" or a function';
  throw invalidOption("rateLimit", "onMissingIdentity", value, expected, "throw");
}

function readAlso(also: GuardOptions["also"] = []): readonly GuardOptions[] {
  if (Array.isArray(also)) return also;
  throw invalidOption("rateLimit", "also", also, "a list of options", [also]);
}

/** What tells the rules of two guards apart, for {@link watchBuilding}. */
function textOf(rules: readonly CompiledRule[]): string {
  return JSON.stringify(rules.map(({ pool, limits }) => [pool, limits.map(({ text }) => text)]));
}
