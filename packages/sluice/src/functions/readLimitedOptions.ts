import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import type { Acquirer } from "../limiter/Acquirer.ts";
import { standingAt } from "../errors/standingAt.ts";
import { checkAcquirer } from "../limiter/checkAcquirer.ts";
import { isLabel } from "../errors/checkLabel.ts";
import { costsGiven } from "../limiter/costsGiven.ts";
import type { Cost, Key } from "../limiter/Limiter.ts";
import { LIMITER_OPTIONS, rateLimiter, type RateLimiterOptions } from "../limiter/rateLimiter.ts";
import { encodeKey } from "../units/encodeKey.ts";
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
  standingAt(owner, "key", () => checkKey(key));
  standingAt(owner, "cost", () => checkCost(cost));
  const limiter = limiterFor(owner, fn, options);
  const whom = key === undefined ? nameOf(owner, fn, options, options.limiter ?? options.store) : key;
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
    // In a memory store of its own it needs no name, but by one it is told apart in events.
    const name =
      options.store === undefined
        ? (options.name ?? (isLabel(fn.name, 256) ? fn.name : undefined))
        : nameOf(owner, fn, options, options.store);
    return rateLimiter({ ...(forLimiter as RateLimiterOptions), name });
  }
  checkAcquirer(owner, limiter);
  const beside = OF_LIMITERS.find((name) => options[name] !== undefined);
  if (beside !== undefined) throw ignoredBesideLimiter(owner, beside);
  return limiter;
}

function ignoredBesideLimiter(owner: string, value: string): ConfigurationError {
  const message = `${owner} has ${value} beside limiter, which has its own: leave one of the two out`;
  return new ConfigurationError("UNKNOWN_OPTION", message, { value, path: value });
}

/** @throws ConfigurationError `INVALID_KEY` */
function checkKey(key: unknown): void {
  if (key === undefined || typeof key === "function") return;
  if (typeof key !== "object" || key === null) encodeKey(key as string);
  else for (const each of Object.values(key)) encodeKey(each as string);
}

/** A function is asked at each call. */
function checkCost(cost: unknown): void {
  if (typeof cost === "function") return;
  costsGiven(cost as Cost | undefined);
}

/** An explicit name may be shared on purpose; one that is the function's may not be by chance. */
function nameOf(owner: string, fn: Function, { name, key }: Given, place: object | undefined): string {
  if (name !== undefined) return name;
  if (fn.name === "") {
    const message =
      key === undefined
        ? `${owner} cannot tell whom to count: the function has no name; say key or name`
        : `${owner} cannot tell its limiter from others in the store: the function has no name; say name`;
    throw new ConfigurationError("INVALID_OPTION", message, { path: "name" });
  }
  claimName(
    owner,
    fn,
    place,
    key === undefined
      ? "give this one a name of its own, or a key"
      : "their limiters would be one: give this one a name of its own",
  );
  return fn.name;
}

function finder<T>(given: T): (self: unknown, args: readonly unknown[]) => T {
  return typeof given === "function" ? (self, args) => given.apply(self, args) as T : () => given;
}
