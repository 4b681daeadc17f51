import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import type { Acquirer } from "../limiter/Acquirer.ts";
import { checkAcquirer } from "../limiter/checkAcquirer.ts";
import type { Cost, Key } from "../limiter/Limiter.ts";
import { LIMITER_OPTIONS, rateLimiter, type RateLimiterOptions } from "../limiter/rateLimiter.ts";
import { claimName } from "./claimName.ts";

/** The options, checked and with their defaults. */
export interface LimitedSettings {
  readonly limiter: Acquirer;
  readonly keyOf: (self: unknown, args: readonly unknown[]) => Key | Promise<Key>;
  readonly costOf: (self: unknown, args: readonly unknown[]) => Cost | undefined | Promise<Cost | undefined>;
  readonly throws: boolean;
}

interface Given extends Omit<RateLimiterOptions, "limits"> {
  limits?: RateLimiterOptions["limits"] | undefined;
  limiter?: Acquirer | undefined;
  key?: unknown;
  cost?: unknown;
  onLimit?: unknown;
}

const OF_CALLS = ["key", "cost", "onLimit", "name"];
const OF_LIMITERS = LIMITER_OPTIONS.filter((name) => name !== "name");

/** @param owner whose options they are, for messages */
export function readLimitedOptions(owner: string, fn: Function, options: Given): LimitedSettings {
  if (typeof fn !== "function") throw invalidOption(owner, "first argument", fn, "a function");
  checkOptions(owner, options, ["limiter", ...OF_CALLS, ...OF_LIMITERS]);
  const { key, cost, onLimit = "throw" } = options;
  if (onLimit !== "throw" && onLimit !== "undefined")
    throw invalidOption(owner, "onLimit", onLimit, '"throw" or "undefined"', "throw");
  const limiter = limiterFor(owner, fn, options);
  const whom = key ?? nameOf(owner, fn, options, options.limiter ?? options.store);
  return {
    limiter,
    keyOf: finder(whom as Key),
    costOf: finder(cost as Cost | undefined),
    throws: onLimit === "throw",
  };
}

function limiterFor(owner: string, fn: Function, options: Given): Acquirer {
  const { limiter, key, cost, onLimit, ...forLimiter } = options;
  if (limiter === undefined) {
    // In a memory store of its own it needs no name.
    const name = options.store === undefined ? options.name : nameOf(owner, fn, options, options.store);
    return rateLimiter({ ...(forLimiter as RateLimiterOptions), name });
  }
  checkAcquirer(owner, limiter);
  // What belongs to a limiter would be ignored beside one that is there.
  checkOptions(`${owner} with a limiter`, options, ["limiter", ...OF_CALLS]);
  return limiter;
}

/** An explicit name may be shared on purpose; one that is the function's may not be by chance. */
function nameOf(owner: string, fn: Function, { name }: Given, place: object | undefined): string {
  if (name !== undefined) return name;
  if (fn.name === "") {
    const message = `${owner} cannot tell whom to count: the function has no name; say key or name`;
    throw new ConfigurationError("INVALID_OPTION", message, { path: "name" });
  }
  claimName(owner, fn, place);
  return fn.name;
}

function finder<T>(given: T): (self: unknown, args: readonly unknown[]) => T {
  return typeof given === "function" ? (self, args) => given.apply(self, args) as T : () => given;
}
