import type { IoredisClient, NodeRedisClient, RedisClient } from "../redis/RedisClient.ts";
import { redisFailure } from "../redis/redisFailure.ts";
import { loadClient } from "./loadClient.ts";
import type { OwnClient } from "./OwnClient.ts";

const PACKAGES = ["ioredis", "redis", "iovalkey"];
const CONNECT_TIMEOUT_MS = 2000;

interface Emitter {
  on(event: "error", listener: (error: unknown) => void): unknown;
  once(event: "error", listener: (error: unknown) => void): unknown;
}

interface OwnIoredis extends IoredisClient, Emitter {
  connect(): Promise<unknown>;
  disconnect(): void;
}

interface OwnNodeRedis extends NodeRedisClient, Emitter {
  connect(): Promise<unknown>;
  destroy(): void;
}

/**
 * A client that sends no command twice and keeps none for later: what was on its way when a connection was lost fails,
 * since nobody knows whether it was run, and what comes while there is no connection fails at once, so that a call that
 * was long answered by its limiter's policy is not charged afterwards. It reconnects by itself, also if the server is
 * not there yet.
 * @throws ConfigurationError without a client; StoreError `STORE_MISCONFIGURED` if the server refuses us
 */
export async function connectRedis(url: string): Promise<OwnClient<RedisClient>> {
  const { name, module } = await loadClient("a store of redis://", PACKAGES);
  return name === "redis" ? nodeRedis(url, module) : ioredis(url, module);
}

async function ioredis(
  url: string,
  module: Readonly<Record<string, unknown>>,
): Promise<OwnClient<RedisClient>> {
  const { Redis } = module as { Redis: new (url: string, options: object) => OwnIoredis };
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  return connect(client, () => client.disconnect());
}

async function nodeRedis(
  url: string,
  module: Readonly<Record<string, unknown>>,
): Promise<OwnClient<RedisClient>> {
  const { createClient } = module as { createClient: (options: object) => OwnNodeRedis };
  const socket = { connectTimeout: CONNECT_TIMEOUT_MS };
  const client = createClient({ url, disableOfflineQueue: true, socket });
  return connect(client, () => client.destroy());
}

/** Waits for the first attempt. Without a listener, an error of the connection would end the process. */
async function connect<Client extends RedisClient & Emitter & { connect(): Promise<unknown> }>(
  client: Client,
  end: () => void,
): Promise<OwnClient<Client>> {
  client.on("error", () => {});
  const failed = new Promise<unknown>((resolve) => void client.once("error", resolve));
  const connected = client.connect().then(
    () => undefined,
    (error: unknown) => error,
  );
  const error = await Promise.race([connected, failed]);
  const failure = error === undefined ? undefined : redisFailure(error);
  if (failure?.code !== "STORE_MISCONFIGURED") return { client, close: async () => end() };
  end();
  throw failure;
}
