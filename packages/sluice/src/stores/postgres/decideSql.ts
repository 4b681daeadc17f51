import type { Twin } from "../../algorithms/Twin.ts";
import { sha256 } from "../../units/sha256.ts";
import { utf8Bytes } from "../../units/utf8Bytes.ts";
import { decideManySql } from "./decideManySql.ts";
import { decideOneSql } from "./decideOneSql.ts";
import { type TableName, tableName } from "./TableName.ts";

/** The function that decides calls in PostgreSQL, and what makes it. */
export interface DecideSql {
  /** Of its text: 12 hexadecimal digits. */
  readonly id: string;
  /** With its schema if it has one. Every text has a name of its own and none is replaced under a running process. */
  readonly name: string;
  /** Makes the function where it is not yet there. */
  readonly create: string;
}

/**
 * Keep plans to the index, also such as were made while the table was empty. And a call waits for each lock as long as it
 * takes to find a deadlock (`deadlock_timeout`, 1 s) and a second more, then it fails and lets its connection go.
 */
const SETTINGS = `set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off set lock_timeout = '2s'`;

/**
 * The wrapper around the twins, whose numbers are their places in the list. It is called with `names`, `creates` and the
 * program of `encodeCalls`, and for tests the instant in microseconds.
 *
 * Frozen: docs/decisions/0001. Calls that come alone go a short way if they can.
 */
export function decideSql(
  twins: readonly Twin[],
  { quoted, schema }: TableName = tableName("sluice_records"),
): DecideSql {
  const steps = twins.map(({ sql }, i) => `${i === 0 ? "if" : "elsif"} p[limit_at] = ${i + 1} then${sql}`);
  const body = decideManySql(decideOneSql(twins, quoted), `${steps.join("")}end if;`, quoted);
  const text = `(names text[], creates bigint[], p bigint[], instant bigint default null)
returns bigint[] language plpgsql volatile
${SETTINGS}
as $sluice$${body}$sluice$;`;
  const id = sha256(utf8Bytes(text)).slice(0, 12);
  const name = `${schema}sluice_decide_${id}`;
  return { id, name, create: `create or replace function ${name}${text}` };
}
