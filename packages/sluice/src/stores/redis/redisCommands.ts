import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import type { GlideClient, IoredisClient, NodeRedisClient } from "./RedisClient.ts";

/** The few commands that the store needs, whichever client it was given. */
export interface RedisCommands {
  evalSha(sha: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  eval(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  del(keys: readonly string[]): Promise<unknown>;
  /** Of one server, where there are several. */
  info(): Promise<unknown>;
  /** Records of different keys lie on different servers, so a script takes those of one key. */
  readonly isCluster: boolean;
  /** It has several connections to one server, so that one command may overtake another. */
  readonly isPool: boolean;
  /** Options of the client by which it would send no command again; where it is known that it would. */
  readonly saferOptions?: string | undefined;
}

/**
 * Finds out by shape what kind of client it is.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function redisCommands(client: unknown): RedisCommands {
  const fault = answersElsewhere(client);
  if (fault !== undefined) throw notTaken(client, fault);
  if (hasMethod(client, "evalsha") && "isCluster" in client) return ioredisCommands(client as IoredisClient);
  if (hasMethod(client, "evalSha")) return nodeRedisCommands(client as NodeRedisClient);
  if (hasMethod(client, "customCommand")) return glideCommands(client as GlideClient);
  throw notTaken(client, show(client));
}

/** What has the methods of a client, and tells the answers somewhere else: then nothing would ever be decided. */
function answersElsewhere(client: unknown): string | undefined {
  const { isPipeline, options } = (client ?? {}) as {
    isPipeline?: unknown;
    options?: { legacyMode?: unknown };
  };
  if (isPipeline === true || hasMethod(client, "execAsPipeline"))
    return "a pipeline() or multi(), which answers when it is executed; take the client itself";
  const isLegacyView =
    hasMethod(client, "evalSha") && hasMethod(client, "sendCommand") && !("connect" in client);
  return options?.legacyMode === true || isLegacyView
    ? "a client in legacy mode, which answers to callbacks; take one without legacyMode and legacy()"
    : undefined;
}

function notTaken(client: unknown, what: string): ConfigurationError {
  const message = `redisStore takes a client of ioredis, iovalkey, node-redis or valkey-glide, not ${what}`;
  return new ConfigurationError("INVALID_OPTION", message, { value: client });
}

function ioredisCommands(client: IoredisClient): RedisCommands {
  return {
    evalSha: (sha, keys, values) => client.evalsha(sha, keys.length, ...keys, ...values),
    eval: (script, keys, values) => client.eval(script, keys.length, ...keys, ...values),
    del: (keys) => client.del(...keys),
    info: () => client.info(),
    isCluster: client.isCluster,
    isPool: false,
    saferOptions: client.isCluster ? saferCluster(client) : saferSingle(client),
  };
}

function saferSingle({ options = {} }: IoredisClient): string | undefined {
  const isSafe = options.autoResendUnfulfilledCommands === false || options.maxRetriesPerRequest === 0;
  return isSafe ? undefined : "maxRetriesPerRequest: 0";
}

function saferCluster({ options = {} }: IoredisClient): string | undefined {
  return options.retryDelayOnFailover === 0
    ? undefined
    : "retryDelayOnFailover: 0 and slotsRefreshInterval: 2000";
}

function nodeRedisCommands(client: NodeRedisClient): RedisCommands {
  return {
    evalSha: (sha, keys, values) => client.evalSha(sha, { keys: [...keys], arguments: [...values] }),
    eval: (script, keys, values) => client.eval(script, { keys: [...keys], arguments: [...values] }),
    del: (keys) => client.del([...keys]),
    info: () => client.info(),
    isCluster: "slots" in client,
    isPool: "totalClients" in client || hasMethod(client, "acquire"),
  };
}

function glideCommands(client: GlideClient): RedisCommands {
  const command = (name: string, first: string, keys: readonly string[], values: readonly string[]) =>
    client.customCommand([name, first, `${keys.length}`, ...keys, ...values]);
  // Only the client of a cluster has something to route.
  const isCluster = "invokeScriptWithRoute" in client;
  return {
    evalSha: (sha, keys, values) => command("EVALSHA", sha, keys, values),
    eval: (script, keys, values) => command("EVAL", script, keys, values),
    del: (keys) => client.customCommand(["DEL", ...keys]),
    info: () => client.customCommand(["INFO"], isCluster ? { route: "randomNode" } : {}),
    isCluster,
    isPool: false,
  };
}

function hasMethod<Name extends string>(
  client: unknown,
  name: Name,
): client is Record<Name, (...args: never[]) => unknown> {
  return typeof (client as Record<string, unknown> | null | undefined)?.[name] === "function";
}
