import { Redis } from "ioredis";
import { freePort } from "../../../../test/services/freePort.ts";
import type { RedisBinary } from "../../../../test/services/redisBinary.ts";
import { runRedis } from "../../../../test/services/runRedis.ts";

/** A server of a test's own, which keeps nothing. */
export interface KillableRedis {
  readonly url: string;
  /** The number of its process. */
  readonly pid: number;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After a kill, on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function killableRedis(binary: RedisBinary): Promise<KillableRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let end = async () => {};
  let pid = 0;
  const start = async () => {
    const { stop } = await runRedis(binary, { port: `${port}` });
    end = stop;
    pid = await pidOf(url);
  };
  await start();
  return {
    url,
    get pid() {
      return pid;
    },
    start,
    async kill() {
      process.kill(pid, "SIGKILL");
      await end();
    },
    stop: () => end(),
  };
}

/** The number of the process of a server on this machine. */
export async function pidOf(url: string): Promise<number> {
  const client = new Redis(url);
  try {
    const [, id] = /process_id:(\d+)/.exec(await client.info("server"))!;
    return Number(id);
  } finally {
    client.disconnect();
  }
}
