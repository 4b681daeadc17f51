import { Redis } from "ioredis";
import { freePort } from "../../../../test/services/freePort.ts";
import type { RedisBinary } from "../../../../test/services/redisBinary.ts";
import { runRedis } from "../../../../test/services/runRedis.ts";

/** A server of a test's own, which keeps nothing. */
export interface KillableRedis {
  readonly url: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After a kill, on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function killableRedis(
  binary: RedisBinary,
  settings: Readonly<Record<string, string>> = {},
): Promise<KillableRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let end = async () => {};
  const start = async () => {
    const { stop } = await runRedis(binary, { ...settings, port: `${port}` });
    end = stop;
  };
  await start();
  return {
    url,
    start,
    async kill() {
      process.kill(await processOf(url), "SIGKILL");
      await end();
    },
    stop: () => end(),
  };
}

/** The number of the process of a server. */
export async function processOf(url: string): Promise<number> {
  const client = new Redis(url);
  try {
    const [, id] = /process_id:(\d+)/.exec(await client.info("server"))!;
    return Number(id);
  } finally {
    client.disconnect();
  }
}
