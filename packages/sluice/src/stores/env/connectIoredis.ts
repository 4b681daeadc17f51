import type { IoredisClient } from "../redis/RedisClient.ts";
import type { ConnectionTrouble, Emitter } from "./ConnectionTrouble.ts";
import { isReadOnly } from "./isReadOnly.ts";
import type { RedisConnection } from "./RedisConnection.ts";

interface OwnIoredis extends IoredisClient, Emitter {
  connect(): Promise<unknown>;
  disconnect(): void;
}

/** Over ioredis or iovalkey. */
export function connectIoredis(
  url: string,
  module: Readonly<Record<string, unknown>>,
  trouble: ConnectionTrouble,
  timeoutMs: number,
): RedisConnection {
  const { Redis } = module as { Redis: new (url: string, options: object) => OwnIoredis };
  const own = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    // How long an answer may take. A connection that died without a word is replaced then.
    socketTimeout: timeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: isReadOnly,
  });
  trouble.watch(own);
  const client: IoredisClient = {
    evalsha: (...command) => trouble.tell(() => own.evalsha(...command)),
    eval: (...command) => trouble.tell(() => own.eval(...command)),
    del: (...keys) => trouble.tell(() => own.del(...keys)),
    info: () => trouble.tell(() => own.info()),
    isCluster: false,
    options: { maxRetriesPerRequest: 0 },
  };
  return { client, connected: own.connect(), close: async () => own.disconnect() };
}
