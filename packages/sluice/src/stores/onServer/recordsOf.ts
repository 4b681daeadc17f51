import type { PlanCode } from "./encodePlan.ts";
import type { Keys } from "../Store.ts";

/** What stands before the names of the records of a namespace and key. */
export type PrefixOf = (namespace: string, key: string) => string;

/**
 * The names of the records that are a call's own: of its block, and of the states of each subject. Those of one key stand
 * under one prefix, also where it is blocked under another.
 */
export function recordsOf(
  { plan, names }: PlanCode,
  keys: Keys,
  blockKey: string,
  prefixOf: PrefixOf,
): string[] {
  const prefix = prefixOf(plan.namespace, blockKey);
  const records = [prefix + names.block + blockKey];
  if (typeof keys === "string") records.push(prefix + names.states + keys);
  else for (const key of keys) records.push(prefixOf(plan.namespace, key) + names.states + key);
  return records;
}

/** The names of all records that a call is decided by: those of its own, and the one that all keys share if any. */
export function allRecordsOf(code: PlanCode, keys: Keys, blockKey: string, prefixOf: PrefixOf): string[] {
  const records = recordsOf(code, keys, blockKey, prefixOf);
  if (code.sharesAny) records.push(prefixOf(code.plan.namespace, "") + code.names.states);
  return records;
}
