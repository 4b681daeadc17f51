import { costOf } from "../costOf.ts";
import { keyAt } from "../keyAt.ts";
import { holdName } from "../recordName.ts";
import type { Act, Keys } from "../Store.ts";
import type { PlanCode } from "./encodePlan.ts";
import { allRecordsOf, type PrefixOf } from "./recordsOf.ts";

/** What goes to a server for one act. */
export interface ActCode {
  /** Of the records: of the block, of the states of each subject, of what all keys share if anything, of the hold. */
  readonly names: readonly string[];
  /**
   * `[place of the act, ...plan, act, time, nonce, ...costs, ...until]`, where `time` is what the act has of it: `most`,
   * `ttl` or `duration`; of a `settle` it is 1 to `forget`. What an act does not have is 0. Places begin at 1.
   */
  readonly program: readonly number[];
}

/** The numbers of the acts. */
const ACTS: readonly Act["does"][] = ["refund", "book", "unbook", "reserve", "settle", "renew", "block"];

export function encodeAct(
  code: PlanCode,
  keys: Keys,
  act: Act,
  blockKey: string = keyAt(keys, 0),
  prefixOf: PrefixOf,
): ActCode {
  const { plan, numbers } = code;
  const costs = "costs" in act ? act.costs : 0;
  const eachCost = plan.limits.map((_, i) => costOf(costs, i));
  const until = act.does === "unbook" ? act.until : plan.limits.map(() => 0);
  const nonce = act.does === "reserve" ? act.nonce : 0;
  const asked = [ACTS.indexOf(act.does) + 1, timeOf(act), nonce, ...eachCost, ...until];
  return {
    names: namesOf(code, keys, act, blockKey, prefixOf),
    program: [numbers.length + 2, ...numbers, ...asked],
  };
}

function timeOf(act: Act): number {
  if (act.does === "book") return act.most;
  if (act.does === "block") return act.duration;
  if (act.does === "settle") return act.forget ? 1 : 0;
  return "ttl" in act ? act.ttl : 0;
}

function namesOf(code: PlanCode, keys: Keys, act: Act, blockKey: string, prefixOf: PrefixOf): string[] {
  const names = allRecordsOf(code, keys, blockKey, prefixOf);
  if (!("id" in act)) return names;
  return [...names, prefixOf(code.plan.namespace, blockKey) + code.names.hold + holdName(keys, act.id)];
}
