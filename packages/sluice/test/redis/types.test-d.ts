import * as glide from "@valkey/valkey-glide";
import * as ioredis6 from "ioredis";
import * as ioredis5 from "ioredis5";
import * as iovalkey from "iovalkey";
import * as nodeRedis6 from "redis";
import * as nodeRedis5 from "redis5";
import { expectTypeOf } from "vitest";
import { type RedisClient, redisStore, type RedisStoreOptions } from "../../src/stores/redis.ts";

// The real clients fit, for one server, Sentinel and Cluster.
expectTypeOf<ioredis6.Redis>().toExtend<RedisClient>();
expectTypeOf<ioredis6.Cluster>().toExtend<RedisClient>();
expectTypeOf<ioredis5.Redis>().toExtend<RedisClient>();
expectTypeOf<ioredis5.Cluster>().toExtend<RedisClient>();
expectTypeOf<iovalkey.Redis>().toExtend<RedisClient>();
expectTypeOf<iovalkey.Cluster>().toExtend<RedisClient>();
expectTypeOf<glide.GlideClient>().toExtend<RedisClient>();
expectTypeOf<glide.GlideClusterClient>().toExtend<RedisClient>();

// Those of node-redis as the functions that make them return them.
const root = [{ host: "127.0.0.1", port: 1 }];
redisStore(nodeRedis6.createClient());
redisStore(nodeRedis6.createClient({ RESP: 2, url: "redis://127.0.0.1" }));
redisStore(nodeRedis6.createClientPool());
redisStore(nodeRedis6.createCluster({ rootNodes: [] }));
redisStore(nodeRedis6.createSentinel({ name: "master", sentinelRootNodes: root }));
redisStore(nodeRedis5.createClient());
redisStore(nodeRedis5.createClient({ RESP: 3 }));
redisStore(nodeRedis5.createClientPool());
redisStore(nodeRedis5.createCluster({ rootNodes: [] }));
redisStore(nodeRedis5.createSentinel({ name: "master", sentinelRootNodes: root }));

// @ts-expect-error: an address is no client
redisStore("redis://127.0.0.1");
// @ts-expect-error: options of a client are none either
redisStore({ host: "127.0.0.1" });

// Options may be undefined, also under exactOptionalPropertyTypes.
const none: RedisStoreOptions = { prefix: undefined, onWarning: undefined };
redisStore(new ioredis6.Redis(), none);
redisStore(new ioredis6.Redis(), { onWarning: ({ code }) => expectTypeOf(code).toBeString() });
// @ts-expect-error: an option that is not there
redisStore(new ioredis6.Redis(), { keyPrefix: "a" });
