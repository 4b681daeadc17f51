import { type Decision, type Limiter, StoreError } from "sluice";

/** A decision, or the error of a limiter whose policy is `throw`. */
export type Outcome = Decision | StoreError;

/** @throws what is neither */
export async function outcome(call: Promise<Decision>): Promise<Outcome> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/** Whether the store itself answered. */
export function isAnswered(outcome: Outcome): outcome is Decision {
  return !(outcome instanceof StoreError) && outcome.degraded === false;
}

/** Who answered: `false` is the store. */
export function answeredBy(outcome: Outcome): Decision["degraded"] | "throw" {
  return outcome instanceof StoreError ? "throw" : outcome.degraded;
}

export async function consume(limiter: Limiter, key: string): Promise<Outcome> {
  return outcome(limiter.consume(key));
}
