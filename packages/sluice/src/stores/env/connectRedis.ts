import type { RedisClient } from "../redis/RedisClient.ts";
import { redisFailure } from "../redis/redisFailure.ts";
import { connectIoredis } from "./connectIoredis.ts";
import { connectNodeRedis } from "./connectNodeRedis.ts";
import { ConnectionTrouble } from "./ConnectionTrouble.ts";
import { loadClient } from "./loadClient.ts";
import type { OwnClient } from "./OwnClient.ts";

const PACKAGES = ["ioredis", "redis", "iovalkey"];

/** How long a connection, or an answer, may take. */
const TIMEOUT_MS = 2000;

/**
 * A client that sends no command twice and keeps none for later: what was on its way when a connection was lost fails,
 * since nobody knows whether it was run, and what comes while there is no connection fails at once, so that a call that
 * was long answered by its limiter's policy is not charged afterwards. It reconnects by itself, also if the server is
 * not there yet, and gives up a connection over which no answer comes.
 * @throws ConfigurationError without a client; StoreError `STORE_MISCONFIGURED` if the server refuses us
 */
export async function connectRedis(url: string): Promise<OwnClient<RedisClient>> {
  const { name, module } = await loadClient("a store of redis://", PACKAGES);
  const connect = name === "redis" ? connectNodeRedis : connectIoredis;
  const trouble = new ConnectionTrouble();
  const connection = connect(url, module, trouble, TIMEOUT_MS);
  const error = await trouble.first(connection.connected);
  const failure = error === undefined ? undefined : redisFailure(error);
  if (failure?.code !== "STORE_MISCONFIGURED") return connection;
  await connection.close();
  throw failure;
}
