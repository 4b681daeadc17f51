import { Client } from "pg";
import { decodeAct } from "../../../src/stores/onServer/decodeAct.ts";
import { encodeCalls } from "../../../src/stores/onServer/encodeCalls.ts";
import type { FunctionSql } from "../../../src/stores/postgres/functionSql.ts";
import { createTable } from "../../../src/stores/postgres/migrationSql.ts";
import { tableName } from "../../../src/stores/postgres/TableName.ts";
import { answersOf } from "./batchOf.ts";
import type { Server } from "./Server.ts";

/** @param schema holds all that the test makes; it is dropped on `close` of the connection that made it */
export async function postgresServer(
  url: string,
  schema: string,
  decide: FunctionSql,
  act: FunctionSql,
): Promise<Server> {
  const client = new Client({
    connectionString: url,
    options: `-c search_path=${schema} -c client_min_messages=warning`,
  });
  await client.connect();
  const isOurs = (await client.query("select from pg_namespace where nspname = $1", [schema])).rowCount === 0;
  if (isOurs)
    await client.query(
      `create schema ${schema}; ${createTable(tableName("sluice_records"), false)} ${decide.create} ${act.create}`,
    );
  const decideText = `select ${decide.name}($1::text[], $2::bigint[], $3::bigint[], $4::bigint) as reply`;
  const actText = `select ${act.name}($1::text[], $2::bigint[], $3::bigint) as reply`;
  const replyTo = async (name: string, text: string, values: unknown[]) =>
    (await client.query<{ reply: string[] }>({ name, text, values })).rows[0].reply;
  return {
    name: "PostgreSQL",
    async decide(batch, instant) {
      const { names, creates, program } = encodeCalls(batch);
      const values = [names, `{${creates.join()}}`, `{${program.join()}}`, instant];
      return answersOf(batch, await replyTo(decide.name, decideText, values));
    },
    async act(plan, { names, program }, instant) {
      return decodeAct(plan, await replyTo(act.name, actText, [names, `{${program.join()}}`, instant]));
    },
    async read(names) {
      const text = "select name, record from sluice_records where name = any($1::text[])";
      const { rows } = await client.query<{ name: string; record: string[] }>({
        name: "read",
        text,
        values: [names],
      });
      const found = new Map(rows.map(({ name, record }) => [name, record.map(Number)]));
      return names.map((each) => found.get(each));
    },
    async write(name, record) {
      const values = [name, `{${record.join()}}`, 2 ** 52];
      await client.query("insert into sluice_records values ($1, $2::bigint[], $3)", values);
    },
    async remove(names) {
      await client.query("delete from sluice_records where name = any($1::text[])", [names]);
    },
    async expiry(name) {
      const { rows } = await client.query("select expires_at from sluice_records where name = $1", [name]);
      return Number(rows[0]?.expires_at ?? 0);
    },
    async close() {
      if (isOurs) await client.query(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}
