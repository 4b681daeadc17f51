import type { OneLimitSql } from "../../algorithms/OneLimitSql.ts";

/** Where the entries of a program begin, whose only plan has one limit. */
export function entriesAt({ parameters }: OneLimitSql): number {
  return 13 + parameters;
}

/** Truth: the program has one plan, of one limit of this machine that its expressions know, with one subject and no flags. */
export function isOneLimit(machine: number, one: OneLimitSql): string {
  return `p[5] = ${machine} and p[1] = ${entriesAt(one)} and p[2] = 1 and p[3] = 1 and p[11] = 0 and ${one.knows}`;
}
