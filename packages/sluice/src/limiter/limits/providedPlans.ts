import type { Limit } from "../../algorithms/Limit.ts";
import { type LimitsInput, readLimits } from "../../algorithms/readLimits.ts";
import { LimitsError } from "../../errors/LimitsError.ts";
import { messageOf } from "../../errors/messageOf.ts";
import { encodeKey } from "../../units/encodeKey.ts";
import { isPromise } from "../../units/isPromise.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import { withDeadline } from "../failure/withDeadline.ts";
import type { Key } from "../Limiter.ts";
import { BoundedMap } from "./BoundedMap.ts";
import type { LimitsProvider } from "./LimitsUpdate.ts";
import { meaningOf } from "./meaningOf.ts";
import type { PlanFor } from "./PlanFor.ts";
import { remembered } from "./remembered.ts";

/** Plans that are kept ready: far more than there are tariffs, few enough to be nothing. */
const MOST_PLANS = 1000;

/**
 * Asks a provider with every call, or as often as `maxAgeMs` says. A plan is made once for all answers that mean the same.
 * @param timeoutMs how long a promised answer may take
 */
export function providedPlans(
  provider: LimitsProvider<any>,
  make: (limits: readonly Limit[]) => NamedPlan,
  { maxAgeMs, timeoutMs }: { maxAgeMs: number; timeoutMs: number },
): PlanFor {
  const plans = new BoundedMap<NamedPlan>(MOST_PLANS);

  function planOf(answer: LimitsInput): NamedPlan {
    // What is asked for most is a string that was seen before.
    const known = typeof answer === "string" ? plans.get(answer) : undefined;
    if (known !== undefined) return known;
    const limits = readLimits("limits(key)", answer);
    const meaning = typeof answer === "string" ? answer : meaningOf(limits);
    return plans.get(meaning) ?? plans.set(meaning, make(limits));
  }

  async function planLater(promised: PromiseLike<LimitsInput>): Promise<NamedPlan> {
    const answer = Promise.resolve(promised).catch(throwFailed);
    return planOf(await withDeadline(answer, timeoutMs, tooLate));
  }

  function ask(key: Key): NamedPlan | Promise<NamedPlan> {
    if (typeof key !== "object") encodeKey(key);
    let answer: LimitsInput | PromiseLike<LimitsInput>;
    try {
      answer = provider(key);
    } catch (error) {
      throwFailed(error);
    }
    return isPromise(answer) ? planLater(answer) : planOf(answer);
  }

  return maxAgeMs === 0 ? ask : remembered(ask, maxAgeMs);
}

function throwFailed(error: unknown): never {
  throw new LimitsError("LIMITS_FAILED", `the function given as limits failed: ${messageOf(error)}`, error);
}

function tooLate(ms: number): LimitsError {
  return new LimitsError("LIMITS_TIMEOUT", `the function given as limits did not answer within ${ms} ms`);
}
