import { Redis } from "ioredis";
import { decodeAct } from "../../../src/stores/onServer/decodeAct.ts";
import { encodeCalls } from "../../../src/stores/onServer/encodeCalls.ts";
import { redisCommands } from "../../../src/stores/redis/redisCommands.ts";
import { scriptRunner } from "../../../src/stores/redis/scriptRunner.ts";
import { answersOf } from "./batchOf.ts";
import type { Server } from "./Server.ts";
import { pack, unpack } from "./pack.ts";

/** Removes on `close` what the test wrote. */
export async function redisServer(url: string, script: string, actScript: string): Promise<Server> {
  const client = new Redis(url);
  const run = scriptRunner(redisCommands(client), script);
  const runAct = scriptRunner(redisCommands(client), actScript);
  const used = new Set<string>();
  return {
    name: "Redis",
    async decide(batch, instant) {
      const { names, program } = encodeCalls(batch);
      for (const name of names) used.add(name);
      return answersOf(batch, (await run(names, valuesOf(program, instant))) as number[]);
    },
    async act(plan, { names, program }, instant) {
      for (const name of names) used.add(name);
      return decodeAct(plan, (await runAct(names, valuesOf(program, instant))) as number[]);
    },
    async read(names) {
      const packed = await client.mgetBuffer(...names);
      return packed.map((bytes) => (bytes === null ? undefined : unpack(bytes)));
    },
    write: async (name, record) => void (await client.set(name, pack(record), "PX", 60_000)),
    remove: async (names) => void (await client.del(...names)),
    expiry: async (name) => (await client.pexpiretime(name)) * 1000,
    async close() {
      if (used.size > 0) await client.unlink(...used);
      client.disconnect();
    },
  };
}

function valuesOf(program: readonly number[], instant: number | undefined): string[] {
  return [JSON.stringify(program), ...(instant === undefined ? [] : [`${instant}`])];
}
