// npm run bench [-- table ...]
import { mkdirSync, writeFileSync } from "node:fs";
import { algorithms } from "./algorithms/table.ts";
import { earlier } from "./earlier/table.ts";
import { least, measure, median, type Samples } from "./measure.ts";
import { http } from "./http/table.ts";
import { memory } from "./memory/table.ts";
import { postgres } from "./postgres/table.ts";
import { redis } from "./redis/table.ts";
import { report } from "./report.ts";
import { sqlite } from "./sqlite/table.ts";
import type { Figures, Table } from "./Table.ts";

const tables: readonly Table[] = [memory, algorithms, sqlite, redis, postgres, http, earlier];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !tables.some((table) => table.name === name));
if (unknown !== undefined) {
  throw new Error(`no table is called ${unknown}; they are ${tables.map(({ name }) => name).join(", ")}`);
}

for (const table of tables) if (wanted.length === 0 || wanted.includes(table.name)) await runTable(table);

async function runTable(table: Table): Promise<void> {
  const server = await table.server?.();
  if (server?.url === "") throw new Error(`no server for ${table.name}: ${server.note}`);
  const samples = await measure(table, server?.url, (done, of) => {
    if (process.stderr.isTTY) process.stderr.write(done < of ? `\r${table.name} ${done}/${of} ` : "\r\x1b[K");
  });
  await server?.stop();
  const figures: Figures = (contender, column) =>
    (column === table.leastOf ? least : median)(samples.get(contender)!, column);
  process.stdout.write(`${report(table, figures)}\n`);
  save(table, samples, figures);
}

/** Keeps the figures and what they were made of. No name and no path of the machine is in there. */
function save({ name, unit, contenders, columns }: Table, samples: Samples, figures: Figures): void {
  const results = contenders.map((contender) => ({
    contender,
    figures: Object.fromEntries(columns.map((column) => [column, figures(contender, column)])),
    rounds: samples.get(contender),
  }));
  mkdirSync(new URL("results", import.meta.url), { recursive: true });
  const text = JSON.stringify({ table: name, unit, node: process.version, results }, null, 2);
  writeFileSync(new URL(`results/${name}.json`, import.meta.url), `${text}\n`);
}
