import { Redis } from "ioredis";
import { redisBinary } from "./redisBinary.ts";
import { runRedis, runSentinel, type RunningRedis } from "./runRedis.ts";
import { demand, fromEnvironment, type RunningService } from "./Service.ts";
import { until } from "./until.ts";

/** How the master is called. */
export const MASTER = "sluice";

/** A master with 2 replicas and 3 Sentinels, for the test file that asks for it. `url` names one Sentinel. */
export async function startSentinel(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_SENTINEL_URL");
  if (given !== undefined) return given;
  const binary = redisBinary();
  if (binary === undefined) {
    const none = { url: "", note: "no SLUICE_TEST_SENTINEL_URL, and no redis-server" };
    demand("a Sentinel", none);
    return { ...none, stop: async () => {} };
  }
  const running: RunningRedis[] = [];
  const keep = async (starting: Promise<RunningRedis>) => {
    const server = await starting;
    running.push(server);
    return server;
  };
  const stop = async () => void (await Promise.all(running.map((server) => server.stop())));
  try {
    const { port } = await keep(runRedis(binary, { "repl-diskless-sync-delay": "0" }));
    const replica = { replicaof: `127.0.0.1 ${port}` };
    await Promise.all([keep(runRedis(binary, replica)), keep(runRedis(binary, replica))]);
    await untilSays(port, "connected_slaves:2");
    const watch = [
      `sentinel monitor ${MASTER} 127.0.0.1 ${port} 2`,
      `sentinel down-after-milliseconds ${MASTER} 500`,
      `sentinel failover-timeout ${MASTER} 3000`,
    ];
    const sentinels = await Promise.all([1, 2, 3].map(() => keep(runSentinel(binary, watch))));
    await Promise.all(sentinels.map((one) => untilSays(one.port, "slaves=2,sentinels=3")));
    return { url: `redis://127.0.0.1:${sentinels[0].port}`, note: binary.path, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilSays(port: number, text: string): Promise<void> {
  const client = new Redis(port, "127.0.0.1");
  try {
    await until(async () => (await client.info()).includes(text));
  } finally {
    client.disconnect();
  }
}
