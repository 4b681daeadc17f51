import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisClient } from "sluice/redis";
import { onTestFinished } from "vitest";

export interface LazyClient {
  readonly client: RedisClient;
  /** Resolves when it is connected, and no reply to its greetings is missing. */
  ready(): Promise<unknown>;
}

/** Clients that connect by themselves, again and again, soon after each failure, until the test ends. */
export const lazyClients: Readonly<Record<string, (url: string) => LazyClient>> = {
  "ioredis 6": (url) => ioredis(url, { maxRetriesPerRequest: 0 }),
  "ioredis 6 without resending": (url) => ioredis(url, { autoResendUnfulfilledCommands: false }),
  "ioredis 6 by default": (url) => ioredis(url),
  "node-redis 6": (url) => nodeRedis(url, true),
  "node-redis 6 by default": (url) => nodeRedis(url, false),
};

const { "ioredis 6 by default": _, ...careful } = lazyClients;

/** Those that send nothing again whose outcome is unknown. */
export const carefulClients: typeof lazyClients = careful;

const { "ioredis 6 without resending": __, ...prompt } = careful;

/** Of those the ones that give up the calls of a connection when they lose it. */
export const promptClients: typeof lazyClients = prompt;

/** With the options that docs/redis.md recommends: they also give up calls at once while there is no connection. */
export const recommendedClients: typeof lazyClients = {
  "ioredis 6": lazyClients["ioredis 6"],
  "node-redis 6": lazyClients["node-redis 6"],
};

const SOON_MS = 20;

interface Resending {
  maxRetriesPerRequest?: number;
  autoResendUnfulfilledCommands?: boolean;
}

function ioredis(url: string, options: Resending = {}): LazyClient {
  const client = new Redis(url, { retryStrategy: () => SOON_MS, ...options }).on("error", () => {});
  onTestFinished(() => client.disconnect());
  return { client, ready: () => client.ping() };
}

function nodeRedis(url: string, disableOfflineQueue: boolean): LazyClient {
  const client = createClient({ url, disableOfflineQueue, socket: { reconnectStrategy: () => SOON_MS } });
  const connected = client.on("error", () => {}).connect();
  connected.catch(() => {});
  onTestFinished(() => client.destroy());
  return { client, ready: () => connected.then(() => client.ping()) };
}
