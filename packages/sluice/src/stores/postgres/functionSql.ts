import { sha256 } from "../../units/sha256.ts";
import { utf8Bytes } from "../../units/utf8Bytes.ts";
import type { TableName } from "./TableName.ts";

/** A function of the store in PostgreSQL, and what makes it. */
export interface FunctionSql {
  /** Of its text: 12 hexadecimal digits. */
  readonly id: string;
  /** With its schema if it has one. Every text has a name of its own and none is replaced under a running process. */
  readonly name: string;
  /** The name with the types of its parameters. */
  readonly signature: string;
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
 * @param parameters with their types; for tests, the instant in microseconds follows them
 * @param body PL/pgSQL that returns a list of whole numbers
 */
export function functionSql(
  kind: "decide" | "act",
  parameters: readonly (readonly [name: string, type: string])[],
  body: string,
  { schema }: TableName,
): FunctionSql {
  const text = `(${parameters.map((parameter) => `${parameter.join(" ")}, `).join("")}instant bigint default null)
returns bigint[] language plpgsql volatile
${SETTINGS}
as $sluice$${body}$sluice$;`;
  const id = sha256(utf8Bytes(text)).slice(0, 12);
  const name = `${schema}sluice_${kind}_${id}`;
  const signature = `${name}(${[...parameters.map(([, type]) => type), "bigint"].join(", ")})`;
  return { id, name, signature, create: `create or replace function ${name}${text}` };
}
