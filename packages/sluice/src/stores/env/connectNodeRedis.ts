import type { NodeRedisClient } from "../redis/RedisClient.ts";
import type { ConnectionTrouble } from "./ConnectionTrouble.ts";
import { isReadOnly } from "./isReadOnly.ts";
import { NodeRedisLink, type OwnNodeRedis } from "./NodeRedisLink.ts";
import type { RedisConnection } from "./RedisConnection.ts";

/**
 * Over node-redis. It waits for an answer for as long as its connection stands, and one may have died without a word. Its
 * `socketTimeout` would not do: it ends idle connections, and counts from what was sent last. So a client that got no
 * answer is replaced by another, and so is one whose server is no longer the master.
 */
export function connectNodeRedis(
  url: string,
  module: Readonly<Record<string, unknown>>,
  trouble: ConnectionTrouble,
  timeoutMs: number,
): RedisConnection {
  const { createClient } = module as { createClient: (options: object) => OwnNodeRedis };
  const first = begin();
  let current = first;

  function begin(): NodeRedisLink {
    const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: timeoutMs } });
    trouble.watch(client);
    const link: NodeRedisLink = new NodeRedisLink(client, timeoutMs, () =>
      replace(link, new Error(`no answer within ${timeoutMs} ms`)),
    );
    link.connected.catch(() => {});
    return link;
  }

  function replace(link: NodeRedisLink, why: unknown): void {
    if (link !== current) return;
    link.end();
    trouble.note(why);
    current = begin();
  }

  async function within<T>(send: (client: OwnNodeRedis) => Promise<T>): Promise<T> {
    const link = current;
    const failed = (error: unknown) => {
      if (isReadOnly(error)) replace(link, error);
      throw error;
    };
    const answered = link.patience();
    return trouble.tell(() => send(link.client).catch(failed)).finally(answered);
  }

  const client: NodeRedisClient = {
    evalSha: (sha, options) => within((own) => own.evalSha(sha, options)),
    eval: (script, options) => within((own) => own.eval(script, options)),
    del: (keys) => within((own) => own.del(keys)),
    info: () => within((own) => own.info()),
  };
  return { client, connected: first.connected, close: async () => current.end() };
}
