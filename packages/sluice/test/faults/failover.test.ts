import { Cluster, Redis } from "ioredis";
import type { Store } from "sluice";
import { afterAll, describe, onTestFinished, test } from "vitest";
import { startRedisCluster } from "../../../../test/services/redisCluster.ts";
import { MASTER, startSentinel } from "../../../../test/services/sentinel.ts";
import { clients, type Connection } from "../redis/clients.ts";
import { expectBounded } from "./expectBounded.ts";
import { pidOf } from "./killableRedis.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { quietStore } from "./watchedLimiter.ts";

noUnhandledRejections();
const [cluster, sentinel] = await Promise.all([startRedisCluster(), startSentinel()]);
afterAll(async () => void (await Promise.all([cluster.stop(), sentinel.stop()])));
const kinds = [clients["ioredis 6"], clients["node-redis 6"]];

/** Servers that somebody else runs are not killed. */
function isOurs({ url, note }: { url: string; note: string }): boolean {
  return url !== "" && !note.startsWith("SLUICE_TEST_");
}

async function storesOf(connecting: readonly Promise<Connection>[]): Promise<(() => Store)[]> {
  const connections = await Promise.all(connecting);
  onTestFinished(async () => void (await Promise.all(connections.map(({ close }) => close()))));
  return connections.map(
    ({ client }) =>
      () =>
        quietStore(client),
  );
}

describe.skipIf(!isOurs(cluster))("kill -9 of a master of a Redis Cluster", { timeout: 60_000 }, () => {
  test("the policy answers for its keys until a replica takes over, and a key gets its limit at most once more", async () => {
    const stores = await storesOf(kinds.map((kind) => kind.cluster(cluster.url)));
    await expectBounded({ stores, lose: killMasterOf });
  });
});

async function killMasterOf(namespace: string): Promise<void> {
  const client = new Cluster([cluster.url]);
  onTestFinished(() => client.disconnect());
  await client.ping();
  for (const master of client.nodes("master")) {
    const keys = await master.keys("*");
    const { port } = master.options;
    if (!keys.some((key) => key.includes(JSON.stringify(namespace)))) continue;
    process.kill(await pidOf(`redis://127.0.0.1:${port}`), "SIGKILL");
  }
}

describe.skipIf(!isOurs(sentinel))("kill -9 of a master behind Sentinel", { timeout: 60_000 }, () => {
  test("the policy answers until there is another, and a key gets its limit at most once more", async () => {
    const stores = await storesOf(kinds.map((kind) => kind.sentinel!(sentinel.url, MASTER)));
    await expectBounded({ stores, lose: killMaster });
  });
});

async function killMaster(): Promise<void> {
  const client = new Redis(sentinel.url);
  const [host, port] = (await client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)) as string[];
  client.disconnect();
  process.kill(await pidOf(`redis://${host}:${port}`), "SIGKILL");
}
