import * as glide from "@valkey/valkey-glide";
import * as ioredis6 from "ioredis";
import * as ioredis5 from "ioredis5";
import * as iovalkey from "iovalkey";
import * as nodeRedis6 from "redis";
import * as nodeRedis5 from "redis5";
import type { RedisClient } from "sluice/redis";

// Else it logs each error that it throws.
glide.Logger.setLoggerConfig("off");

export interface Connection {
  readonly client: RedisClient;
  close(): Promise<void>;
}

/** How a client is connected to the server, the cluster or, through a Sentinel, the master of this URL. */
export interface ClientKind {
  single(url: string): Promise<Connection>;
  cluster(url: string): Promise<Connection>;
  sentinel?(url: string, master: string): Promise<Connection>;
}

/** Every client that the store takes, with the options that docs/redis.md recommends. */
export const clients: Readonly<Record<string, ClientKind>> = {
  "ioredis 6": ioredisKind(ioredis6),
  "ioredis 5": ioredisKind(ioredis5 as unknown as typeof ioredis6),
  iovalkey: ioredisKind(iovalkey as unknown as typeof ioredis6),
  "node-redis 6": nodeRedisKind(nodeRedis6),
  "node-redis 5": nodeRedisKind(nodeRedis5 as unknown as typeof nodeRedis6),
  "valkey-glide": {
    single: async (url) => glideConnection(await glide.GlideClient.createClient(glideOptions(url))),
    cluster: async (url) => glideConnection(await glide.GlideClusterClient.createClient(glideOptions(url))),
  },
};

function ioredisKind({ Redis, Cluster }: typeof ioredis6): ClientKind {
  const options = { maxRetriesPerRequest: 0 };
  const connection = async (client: ioredis6.Redis | ioredis6.Cluster) => {
    // The command that fails tells the store; without a listener the console is told, too.
    client.on("error", () => {});
    if (client.status !== "ready") await new Promise((resolve) => void client.once("ready", resolve));
    return { client, close: async () => client.disconnect() };
  };
  return {
    single: (url) => connection(new Redis(url, options)),
    cluster(url) {
      const { address, credentials } = partsOf(url);
      const redisOptions = { ...options, ...credentials };
      return connection(
        new Cluster([address], { retryDelayOnFailover: 0, slotsRefreshInterval: 2000, redisOptions }),
      );
    },
    sentinel: (url, name) => connection(new Redis({ ...options, sentinels: [partsOf(url).address], name })),
  };
}

function nodeRedisKind({ createClient, createCluster, createSentinel }: typeof nodeRedis6): ClientKind {
  return {
    async single(url) {
      const client = createClient({ url, disableOfflineQueue: true });
      await client.on("error", () => {}).connect();
      return { client, close: async () => client.destroy() };
    },
    async cluster(url) {
      const client = createCluster({
        rootNodes: [{ url }],
        defaults: { disableOfflineQueue: true, ...partsOf(url).credentials },
        topologyRefreshOnReconnectionAttemptStrategy: 500,
      });
      await client.on("error", () => {}).connect();
      return { client, close: async () => client.destroy() };
    },
    async sentinel(url, name) {
      const sentinelRootNodes = [partsOf(url).address];
      const client = createSentinel({ name, sentinelRootNodes, maxCommandRediscovers: 0 });
      await client.on("error", () => {}).connect();
      return { client, close: () => client.destroy() };
    },
  };
}

function glideOptions(url: string) {
  const { address, credentials } = partsOf(url);
  // The machine of the tests may be slow.
  return { addresses: [address], requestTimeout: 5000, ...(credentials && { credentials }) };
}

function glideConnection(client: glide.GlideClient | glide.GlideClusterClient): Connection {
  return { client, close: async () => client.close() };
}

function partsOf(url: string) {
  const { hostname, port, username, password } = new URL(url);
  const credentials = username === "" ? undefined : { username, password };
  return { address: { host: hostname, port: Number(port) }, credentials };
}
