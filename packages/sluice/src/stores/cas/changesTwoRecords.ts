import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { severalSubjects } from "../severalSubjects.ts";
import type { Plan } from "../Store.ts";

/**
 * Whether some call of this plan would have to change two records in one step, which no store can that swaps one record
 * at a time. `casStore` refuses such plans when a limiter is constructed. For `refuses` of `testStore`.
 */
export function changesTwoRecords(plan: Plan): boolean {
  return whyTwoRecords(plan) !== undefined;
}

/** @throws ConfigurationError `INVALID_LIMIT`, `INVALID_OPTION` */
export function refuseTwoRecords(plan: Plan): void {
  const reason = whyTwoRecords(plan);
  if (reason !== undefined) throw reason;
}

function whyTwoRecords({ limits, block }: Plan): ConfigurationError | undefined {
  const several = severalSubjects("a compare-and-swap store", limits);
  if (several !== undefined) return several;
  const sharing = limits.find(({ sharedWidth }) => sharedWidth > 0);
  if (sharing !== undefined) {
    const message = `a compare-and-swap store cannot keep the load of all keys of ${sharing.algorithm} and the state of one in one atomic step; use load: "key"`;
    return new ConfigurationError("INVALID_OPTION", message, {
      value: "shared",
      nearest: "key",
      path: "load",
    });
  }
  const counting = limits.find(({ countDenied, dryRun }) => countDenied && !dryRun);
  if (block.duration === 0 || counting === undefined) return undefined;
  const message = `a compare-and-swap store cannot charge a refused call (countDenied of ${counting.name ?? counting.text}) and start its block in one atomic step; leave out one of them`;
  return new ConfigurationError("INVALID_OPTION", message, {
    value: true,
    nearest: false,
    path: "countDenied",
  });
}
