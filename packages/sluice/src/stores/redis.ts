import { twins } from "../algorithms/twins.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { StoreError } from "../errors/StoreError.ts";
import type { Warn } from "../events/Warning.ts";
import { type Server, serverStore } from "./onServer/serverStore.ts";
import { actLua } from "./redis/actLua.ts";
import { decideLua } from "./redis/decideLua.ts";
import { lookOnce } from "./redis/lookOnce.ts";
import type { RedisClient } from "./redis/RedisClient.ts";
import { type RedisCommands, redisCommands } from "./redis/redisCommands.ts";
import { redisFailure } from "./redis/redisFailure.ts";
import { redisKeyPrefix } from "./redis/redisKeyPrefix.ts";
import { readRedisOptions, type RedisStoreOptions } from "./redis/RedisStoreOptions.ts";
import { scriptRunner } from "./redis/scriptRunner.ts";
import { serverError } from "./redis/serverError.ts";
import { blockKeyOf } from "./onServer/mergeCalls.ts";
import { severalSubjects } from "./severalSubjects.ts";
import type { Plan, Store } from "./Store.ts";

export type { RedisStoreOptions } from "./redis/RedisStoreOptions.ts";
export type {
  GlideClient,
  IoredisClient,
  IoredisOptions,
  NodeRedisClient,
  RedisClient,
} from "./redis/RedisClient.ts";

/**
 * State in Redis 7 or Valkey 8 and newer: limits hold across processes and hosts, on the server's clock. The calls of one
 * turn of the event loop travel together in script calls that decide each as if it came alone.
 *
 * @param client of ioredis 5 or 6, iovalkey, node-redis 5 or 6, or valkey-glide; it stays yours to connect and to close
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  const { prefix, warn, deniedCache, events } = readRedisOptions(options);
  const commands = redisCommands(client);
  const prefixOf = (namespace: string, key: string) => redisKeyPrefix(prefix, namespace, key);
  const store = serverStore({
    name: "Redis",
    ...scriptsOf(commands, warn),
    prefixOf,
    remove: (records) => commands.del(records).catch(fail),
    async ping() {
      await commands.eval("return 1", [`${prefix}ping`], []).catch(fail);
    },
    together: commands.isCluster ? (call) => prefixOf(call.code.plan.namespace, blockKeyOf(call)) : undefined,
    isPool: commands.isPool,
    deniedCache,
    check: commands.isCluster ? refuseSeveralSlots : undefined,
  });
  return { ...store, events };
}

const DECIDE = decideLua(twins);
const ACT = actLua(twins);

function scriptsOf(commands: RedisCommands, warn: Warn): Pick<Server, "send" | "act"> {
  const look = lookOnce(commands, warn);
  const runnerOf = (script: string): Server["act"] => {
    const run = scriptRunner(commands, script);
    return async ({ names, program }) => {
      const reply = await run(names, [JSON.stringify(program)]).catch((error) => {
        warnOfRefusal(error, warn);
        return fail(error);
      });
      look();
      return numbersOf(reply);
    };
  };
  return { send: runnerOf(DECIDE), act: runnerOf(ACT) };
}

function numbersOf(reply: unknown): readonly (number | string)[] {
  if (Array.isArray(reply)) return reply;
  throw new StoreError("STORE_FAILED", `Redis failed: it answered ${show(reply)} in place of numbers`);
}

function warnOfRefusal(error: unknown, warn: Warn): void {
  if (serverError(error).code !== "NOPERM") return;
  const message =
    "the user of this client may not run what the store runs; docs/redis.md has its permissions";
  warn({ code: "REDIS_PERMISSION", message });
}

function fail(error: unknown): never {
  throw redisFailure(error);
}

/** What all keys share, or another subject, may lie on another server of a cluster: no script can decide both. */
function refuseSeveralSlots({ limits }: Plan): void {
  const several = severalSubjects("a Redis Cluster", limits);
  if (several !== undefined) throw several;
  const sharing = limits.find(({ sharedWidth }) => sharedWidth > 0);
  if (sharing === undefined) return;
  const message = `on a Redis Cluster ${sharing.algorithm} cannot sense the load of all keys in one atomic step; use load: "key"`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: "shared", nearest: "key", path: "load" });
}
