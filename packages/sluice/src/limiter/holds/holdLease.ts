import type { Timer } from "../../stores/Clock.ts";
import { allowedOnly } from "../allowedOnly.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import type { CostOptions, Key } from "../Limiter.ts";
import type { Permit } from "../Permit.ts";
import { costOption } from "../readCost.ts";
import type { Endings } from "../waiting/Endings.ts";
import { takeLease } from "./takeLease.ts";

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
  key: Key,
  options: CostOptions | undefined,
  timer: Timer,
  endings: Endings,
  freed: () => void,
): Promise<Permit> {
  const { decision, release } = await takeLease(named, key, costOption(options), timer, endings);
  allowedOnly(decision);
  const end = async () => {
    await release?.();
    freed();
  };
  return { decision, [Symbol.dispose]: () => void end(), [Symbol.asyncDispose]: end };
}
