import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { decodeOutcomes } from "../../../src/stores/decodeOutcomes.ts";
import type { Server } from "./Server.ts";
import { unpack } from "./unpack.ts";

export async function redisServer(url: string, script: string): Promise<Server> {
  const client = new Redis(url);
  const sha = createHash("sha1").update(script).digest("hex");
  await client.script("LOAD", script);
  return {
    name: "Redis",
    async decide(calls, { names, program }, instant) {
      const args = [JSON.stringify(program), ...(instant === undefined ? [] : [instant])];
      return decodeOutcomes(calls, (await client.evalsha(sha, names.length, ...names, ...args)) as number[]);
    },
    async read(names) {
      const packed = await client.mgetBuffer(...names);
      return packed.map((bytes) => (bytes === null ? undefined : unpack(bytes)));
    },
    remove: async (names) => void (await client.unlink(...names)),
    close: async () => client.disconnect(),
  };
}
