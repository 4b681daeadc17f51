import { allowedOnly } from "../allowedOnly.ts";
import type { Freed } from "../Freed.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { Permit } from "../Permit.ts";
import { type LeaseCall, type LeaseKeeper, takeLease } from "./takeLease.ts";

/** Whether something is counted that is given back when the work ends. */
export function hasLease({ plan: { limits } }: Pick<NamedPlan, "plan">): boolean {
  return limits.some(({ isLease }) => isLease);
}

/**
 * Takes a permit that comes back when it is disposed of, and lives while this process does.
 * @param freed is told when it has come back
 * @throws RateLimitExceededError
 */
export async function holdLease(
  named: NamedPlan,
  call: LeaseCall,
  keeper: LeaseKeeper,
  freed: Freed,
): Promise<Permit> {
  const { decision, release } = await takeLease(named, call, keeper);
  allowedOnly(decision);
  const end = async () => {
    await release?.();
    freed(named, call.key);
  };
  return { decision, [Symbol.dispose]: () => void end(), [Symbol.asyncDispose]: end };
}
