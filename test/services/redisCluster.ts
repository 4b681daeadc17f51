import { Redis } from "ioredis";
import { freePort } from "./freePort.ts";
import { redisBinary } from "./redisBinary.ts";
import { runRedis, type RunningRedis } from "./runRedis.ts";
import { demand, fromEnvironment, type RunningService } from "./Service.ts";
import { until } from "./until.ts";

const MASTERS = 3;
const NODES = 2 * MASTERS;
const SLOTS = 16_384;

/** A Redis Cluster of 3 masters, each with a replica: for the test file that asks for it. `url` names one node. */
export async function startRedisCluster(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_REDIS_CLUSTER_URL");
  if (given !== undefined) return given;
  const binary = redisBinary();
  if (binary === undefined) {
    const none = { url: "", note: "no SLUICE_TEST_REDIS_CLUSTER_URL, and no redis-server" };
    demand("a Redis Cluster", none);
    return { ...none, stop: async () => {} };
  }
  const nodes: RunningRedis[] = [];
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    const settings = async () => ({
      "cluster-enabled": "yes",
      "cluster-port": `${await freePort()}`,
      "cluster-node-timeout": "1000",
      "cluster-replica-validity-factor": "0",
      "repl-diskless-sync-delay": "0",
    });
    const start = async () => void nodes.push(await runRedis(binary, await settings()));
    await Promise.all(Array.from({ length: NODES }, start));
    await join(nodes.map(({ port }) => port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${nodes[0].port}`, note: binary.path, stop };
}

async function join(ports: readonly number[]): Promise<void> {
  const clients = ports.map((port) => new Redis(port, "127.0.0.1"));
  try {
    const ids = await Promise.all(clients.map((client) => client.cluster("MYID")));
    await Promise.all(clients.slice(0, MASTERS).map(takeSlots));
    const meet = async (port: number) => {
      const busPort = Number((await clients[ports.indexOf(port)].config("GET", "cluster-port"))[1]);
      await clients[0].call("CLUSTER", "MEET", "127.0.0.1", port, busPort);
    };
    await Promise.all(ports.slice(1).map(meet));
    await Promise.all(clients.map((client) => until(() => knowsAll(client))));
    const follow = (client: Redis, i: number) => client.cluster("REPLICATE", ids[i]);
    await Promise.all(clients.slice(MASTERS).map(follow));
    await Promise.all(clients.map((client, i) => until(() => isReady(client, i >= MASTERS))));
  } finally {
    for (const client of clients) client.disconnect();
  }
}

async function takeSlots(client: Redis, i: number): Promise<void> {
  const edge = (n: number) => Math.ceil((n * SLOTS) / MASTERS);
  await client.call("CLUSTER", "ADDSLOTSRANGE", edge(i), edge(i + 1) - 1);
  await client.call("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
}

async function knowsAll(client: Redis): Promise<boolean> {
  const nodes = (await client.cluster("NODES")) as string;
  return nodes.trim().split("\n").length === NODES && !nodes.includes("handshake");
}

async function isReady(client: Redis, isReplica: boolean): Promise<boolean> {
  const state = `${await client.cluster("INFO")}${await client.info("replication")}`;
  if (!state.includes("cluster_state:ok")) return false;
  return state.includes(isReplica ? "master_link_status:up" : "connected_slaves:1");
}
