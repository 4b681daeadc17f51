import { Redis } from "ioredis";
import { createClient, createClientPool, createCluster } from "redis";
import { redisStore } from "sluice/redis";
import { createClient as createClient5 } from "redis5";
import { describe, expect, test } from "vitest";

const ioredis = new Redis({ lazyConnect: true });
const [node, node5] = [createClient(), createClient5()];
/** Of version 4, by what tells it: there `connect` is left, and the commands take callbacks. */
const legacy4 = { evalSha() {}, sendCommand() {}, connect() {}, options: { legacyMode: true } };

describe("what has the methods of a client and tells its answers elsewhere is refused at construction", () => {
  test.each<[string, unknown]>([
    ["pipeline() of ioredis", ioredis.pipeline()],
    ["multi() of ioredis", ioredis.multi()],
    ["multi() of node-redis", node.multi()],
    ["multi() of node-redis 5", node5.multi()],
  ])("%s", (_, client) => {
    expect(() => redisStore(client as never)).toThrow(
      /, not a pipeline\(\) or multi\(\), .*; take the client itself$/,
    );
  });

  test.each<[string, unknown]>([
    ["node-redis 4 with legacyMode", legacy4],
    ["legacy() of node-redis", node.legacy()],
    ["legacy() of node-redis 5", node5.legacy()],
  ])("%s", (_, client) => {
    expect(() => redisStore(client as never)).toThrow(
      /, not a client in legacy mode, which answers to callbacks/,
    );
  });

  test("and all others are taken", () => {
    const clients = [ioredis, node, node5, createClientPool(), createCluster({ rootNodes: [{}] })];
    for (const client of clients) expect(() => redisStore(client as never)).not.toThrow();
  });
});
