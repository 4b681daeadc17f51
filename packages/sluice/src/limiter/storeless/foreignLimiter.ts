import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import { encodeKey } from "../../units/encodeKey.ts";
import type { Acquirer } from "../Acquirer.ts";
import type { Decision } from "../Decision.ts";
import { entering, permitOf } from "../verbs/entering.ts";
import { faultOf } from "../failure/faultOf.ts";
import { type ForeignAnswer, readForeignAnswer } from "./ForeignAnswer.ts";
import { isRefusal } from "../isRefusal.ts";
import type { CostOptions } from "../Limiter.ts";
import type { Permit } from "../Permit.ts";
import { RateLimitExceededError } from "../RateLimitExceededError.ts";
import { costOption, readCost } from "../readCost.ts";

/** Asks a limiter of another make. What it throws is a fault, never a refusal, unless it is a RateLimitExceededError. */
export type AskForeign = (
  key: string,
  cost: number,
) => boolean | ForeignAnswer | Promise<boolean | ForeignAnswer>;

/** What a call may say. */
export interface ForeignCallOptions {
  /** A whole number from 0: what another limiter counts has no names here. Default 1. */
  cost?: number | undefined;
}

/**
 * A limiter of another make, with those verbs of ours that only ask. Its decisions list no limits, so `Retry-After` is all
 * that they tell a client.
 */
export interface ForeignLimiter extends Acquirer {
  /** A denial is a value. Where the other limiter does not say when to come back, `retryAfterMs` is 1000. */
  consume(key: string, options?: ForeignCallOptions): Promise<Decision>;
  /** @throws RateLimitExceededError if the call is refused, without a decision where nobody knows when to come back */
  acquire(key: string, options?: ForeignCallOptions): Promise<Decision>;
  /** As that of a Limiter. Nothing comes back when the function has ended. */
  run<T>(key: string, fn: (decision: Decision) => T | Promise<T>, options?: ForeignCallOptions): Promise<T>;
  /** As that of a Limiter. Nothing comes back when the block is left. */
  enter(key: string, options?: ForeignCallOptions): Promise<Permit>;
}

/**
 * Makes a limiter of ours out of another one, by the function that asks it:
 * `foreignLimiter(async (key, cost) => (await other.limit(key, cost)).success)`.
 *
 * A fault of the other limiter is thrown as a StoreError, its `cause` what was thrown; for another policy catch it in the
 * function. No deadline is set.
 * @throws ConfigurationError
 */
export function foreignLimiter(ask: AskForeign): ForeignLimiter {
  if (typeof ask !== "function") throw notAFunction(ask);
  const acquire: ForeignLimiter["acquire"] = async (key, options) => {
    const cost = readForeignCall(key, options);
    const answer = await answerOf(ask, key, cost);
    const decision = decisionOf(key, cost, answer);
    if (decision.allowed) return decision;
    throw new RateLimitExceededError(key, answer.retryAfterMs === undefined ? undefined : decision);
  };
  const enter: ForeignLimiter["enter"] = async (key, options) => permitOf(await acquire(key, options));
  return {
    async consume(key, options) {
      const cost = readForeignCall(key, options);
      return decisionOf(key, cost, await answerOf(ask, key, cost));
    },
    acquire,
    ...entering(enter),
  };
}

/** @throws ConfigurationError `INVALID_KEY`, `INVALID_COST`, `UNKNOWN_OPTION` */
function readForeignCall(key: string, options: CostOptions | undefined): number {
  encodeKey(key); // Only a look: the other limiter gets the key as it is.
  const cost = costOption(options);
  if (typeof cost !== "object") return readCost(cost, []) as number;
  const message = `a foreign limiter takes one cost, not ${show(cost)}`;
  throw new ConfigurationError("INVALID_COST", message, { value: cost, nearest: 1 });
}

async function answerOf(ask: AskForeign, key: string, cost: number): Promise<ForeignAnswer> {
  try {
    return readForeignAnswer(await ask(key, cost));
  } catch (error) {
    if (isRefusal(error)) return { allowed: false, retryAfterMs: error.retryAfterMs };
    throw faultOf(error) ?? error;
  }
}

function decisionOf(key: string, cost: number, answer: ForeignAnswer): Decision {
  const { allowed, limit = Infinity, remaining = allowed ? Infinity : 0 } = answer;
  const retryAfterMs = allowed ? 0 : (answer.retryAfterMs ?? 1000);
  const { resetAfterMs = retryAfterMs } = answer;
  const reason = allowed ? "ok" : retryAfterMs === Infinity ? "never" : "limited";
  return {
    allowed,
    key,
    cost,
    limit,
    remaining,
    retryAfterMs,
    resetAfterMs,
    reason,
    degraded: false,
    limits: [],
  };
}

function notAFunction(value: unknown): ConfigurationError {
  const message = `foreignLimiter takes a function that asks the other limiter, (key, cost) => ..., not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value });
}
