import { twins } from "../algorithms/twins.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { SendCalls } from "./callQueue.ts";
import { decodeOutcomes } from "./decodeOutcomes.ts";
import { encodeCalls } from "./encodeCalls.ts";
import { serverStore } from "./onServer/serverStore.ts";
import { decideLua } from "./redis/decideLua.ts";
import type { RedisClient } from "./redis/RedisClient.ts";
import { type RedisCommands, redisCommands } from "./redis/redisCommands.ts";
import { redisFailure } from "./redis/redisFailure.ts";
import { redisKeyPrefix } from "./redis/redisKeyPrefix.ts";
import { scriptRunner } from "./redis/scriptRunner.ts";
import type { Plan, Store } from "./Store.ts";

export type { GlideClient, IoredisClient, NodeRedisClient, RedisClient } from "./redis/RedisClient.ts";

export interface RedisStoreOptions {
  /** Stands before every key: at most 64 printable ASCII characters without braces. Default `"sluice:"`. */
  prefix?: string;
}

/**
 * State in Redis 7 or Valkey 8 and newer: limits hold across processes and hosts, on the server's clock. The calls of one
 * turn of the event loop travel as one script call, which decides each as if it came alone.
 *
 * @param client of ioredis 5 or 6, iovalkey, node-redis 5 or 6, or valkey-glide; it stays yours to connect and to close
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  checkOptions("redisStore", options, ["prefix"]);
  const { prefix = "sluice:" } = options;
  checkPrefix(prefix);
  const commands = redisCommands(client);
  const prefixOf = (namespace: string, key: string) => redisKeyPrefix(prefix, namespace, key);
  return serverStore({
    name: "Redis",
    send: sendTo(commands, prefixOf),
    async reset({ plan, names }, key, blockKey) {
      const start = prefixOf(plan.namespace, blockKey);
      await commands.del([start + names.states + key, start + names.block + blockKey]).catch(fail);
    },
    async ping() {
      await commands.eval("return 1", [`${prefix}ping`], []).catch(fail);
    },
    together: commands.isCluster
      ? ({ code, key, blockKey = key }) => prefixOf(code.plan.namespace, blockKey)
      : undefined,
    check: commands.isCluster ? refuseShared : undefined,
  });
}

const SCRIPT = decideLua(twins);

function sendTo(commands: RedisCommands, prefixOf: (namespace: string, key: string) => string): SendCalls {
  const run = scriptRunner(commands, SCRIPT);
  return async (calls) => {
    const { names, program, entries } = encodeCalls(calls, prefixOf);
    const reply = await run(names, [JSON.stringify(program)]).catch(fail);
    return decodeOutcomes(entries, reply as (number | string)[]);
  };
}

function fail(error: unknown): never {
  throw redisFailure(error);
}

function checkPrefix(prefix: unknown): void {
  if (typeof prefix === "string" && /^[\x20-\x7a|~]{0,64}$/.test(prefix)) return;
  const message = `redisStore prefix must be at most 64 printable ASCII characters without braces, not ${show(prefix)}`;
  throw new ConfigurationError("INVALID_OPTION", message, {
    value: prefix,
    nearest: "sluice:",
    path: "prefix",
  });
}

/** What all keys share lies on one server of a cluster, and the keys do not: no script can decide both. */
function refuseShared({ limits }: Plan): void {
  const sharing = limits.find(({ sharedWidth }) => sharedWidth > 0);
  if (sharing === undefined) return;
  const message = `on a Redis Cluster ${sharing.algorithm} cannot sense the load of all keys in one atomic step; use load: "key"`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: "shared", nearest: "key", path: "load" });
}
