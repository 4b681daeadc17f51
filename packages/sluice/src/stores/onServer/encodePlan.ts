import type { Limit } from "../../algorithms/Limit.ts";
import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import type { Twin } from "../../algorithms/Twin.ts";
import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { createDesk, type Desk } from "../inProcess/Desk.ts";
import { type RecordNames, recordNames } from "../recordName.ts";
import { slotId } from "../slotId.ts";
import type { Plan } from "../Store.ts";

/** A plan as the wrappers on the servers read it. */
export interface PlanCode {
  readonly plan: Plan;
  readonly names: RecordNames;
  /** Some limit keeps numbers in the record of the empty key: calls then name that record too. */
  readonly sharesAny: boolean;
  /** Equal calls of one instant can be decided as one: docs/decisions/0004. */
  readonly merges: boolean;
  /** On which merged calls are told apart again. */
  readonly desk: Desk;
  /** `[limits, records of states a call, block duration, ...limits]`. */
  readonly numbers: readonly number[];
}

const COUNT_DENIED = 1;
const DRY_RUN = 2;
const GROWS = 4;
const LEASE = 8;

/**
 * @param twins those that the script was assembled from, in that order
 * @throws ConfigurationError `INVALID_LIMIT` if a limit has no twin
 */
export function encodePlan(plan: Plan, twins: readonly Twin[]): PlanCode {
  const sharesAny = plan.limits.some((limit) => limit.sharedWidth > 0);
  const { names, places } = subjectsOf("store", plan.limits);
  const own = Math.max(1, names.length);
  const limits = plan.limits.flatMap((limit, i) => encodeLimit(limit, twins, places[i] + 1, own + 1));
  const numbers = [plan.limits.length, own + (sharesAny ? 1 : 0), plan.block.duration, ...limits];
  return {
    plan,
    names: recordNames(plan),
    sharesAny,
    merges: plan.limits.every(merges),
    desk: createDesk(plan),
    numbers,
  };
}

/** Refused calls that are charged, and a dry run that passes fewer than the others, do not add up. */
function merges({ limit, machine, countDenied, dryRun }: Limit): boolean {
  return machine.additive === true && limit > 0 && !countDenied && !dryRun;
}

/**
 * `[machine, slot id, own record, shared record or 0, width, shared width, flags, parameters, ...parameters]`.
 * @param own which of the records of states that a call names is that of its subject
 * @param last which is the one that all keys share
 */
function encodeLimit(limit: Limit, twins: readonly Twin[], own: number, last: number): number[] {
  const { machine, sharedWidth, countDenied, dryRun, isLease } = limit;
  const params = Object.values(limit.params);
  const flags =
    (countDenied ? COUNT_DENIED : 0) +
    (dryRun ? DRY_RUN : 0) +
    (machine.grows ? GROWS : 0) +
    (isLease ? LEASE : 0);
  const shared = sharedWidth > 0 ? last : 0;
  const place = [numberOf(machine.name, twins), slotId(limit), own, shared, machine.width, sharedWidth];
  return [...place, flags, params.length, ...params];
}

function numberOf(machine: string, twins: readonly Twin[]): number {
  const at = twins.findIndex(({ name }) => name === machine);
  if (at >= 0) return at + 1;
  const known = twins.map(({ name }) => name).join(", ");
  throw new ConfigurationError("INVALID_LIMIT", `this store has no twin of ${machine}; it has ${known}`, {
    value: machine,
    nearest: twins[0]?.name,
  });
}
