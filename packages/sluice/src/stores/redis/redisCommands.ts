import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import type { GlideClient, IoredisClient, NodeRedisClient } from "./RedisClient.ts";

/** The few commands that the store needs, whichever client it was given. */
export interface RedisCommands {
  evalSha(sha: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  eval(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  del(keys: readonly string[]): Promise<unknown>;
  /** Records of different keys lie on different servers, so a script takes those of one key. */
  readonly isCluster: boolean;
}

/**
 * Finds out by shape what kind of client it is.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function redisCommands(client: unknown): RedisCommands {
  if (has<IoredisClient>(client, "evalsha")) return ioredisCommands(client);
  if (has<NodeRedisClient>(client, "evalSha")) return nodeRedisCommands(client);
  if (has<GlideClient>(client, "customCommand")) return glideCommands(client);
  const message = `redisStore takes a client of ioredis, iovalkey, node-redis or valkey-glide, not ${show(client)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: client });
}

function ioredisCommands(client: IoredisClient): RedisCommands {
  return {
    evalSha: (sha, keys, values) => client.evalsha(sha, keys.length, ...keys, ...values),
    eval: (script, keys, values) => client.eval(script, keys.length, ...keys, ...values),
    del: (keys) => client.del(...keys),
    isCluster: client.isCluster === true,
  };
}

function nodeRedisCommands(client: NodeRedisClient): RedisCommands {
  return {
    evalSha: (sha, keys, values) => client.evalSha(sha, { keys: [...keys], arguments: [...values] }),
    eval: (script, keys, values) => client.eval(script, { keys: [...keys], arguments: [...values] }),
    del: (keys) => client.del([...keys]),
    isCluster: "slots" in client || "getSlotRandomNode" in client,
  };
}

function glideCommands(client: GlideClient): RedisCommands {
  const command = (name: string, first: string, keys: readonly string[], values: readonly string[]) =>
    client.customCommand([name, first, `${keys.length}`, ...keys, ...values]);
  return {
    evalSha: (sha, keys, values) => command("EVALSHA", sha, keys, values),
    eval: (script, keys, values) => command("EVAL", script, keys, values),
    del: (keys) => client.customCommand(["DEL", ...keys]),
    isCluster: client.constructor.name.includes("Cluster"),
  };
}

function has<Client>(client: unknown, method: keyof Client & string): client is Client {
  return (
    typeof client === "object" &&
    client !== null &&
    typeof (client as Record<string, unknown>)[method] === "function"
  );
}
