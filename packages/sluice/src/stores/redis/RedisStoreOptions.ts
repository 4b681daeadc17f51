import { checkOptions } from "../../errors/checkOptions.ts";
import { checkFunction } from "../../errors/checkFunction.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import type { Warn, Warning } from "../../events/Warning.ts";
import { EventStream } from "../../events/EventStream.ts";
import { warnOnce } from "../../events/warnOnce.ts";
import { readDeniedCache, type ServerStoreOptions } from "../onServer/ServerStoreOptions.ts";

/** The options of `redisStore`. */
export interface RedisStoreOptions extends ServerStoreOptions {
  /** Stands before every key: at most 64 printable ASCII characters without braces. Default `"sluice:"`. */
  prefix?: string | undefined;
  /**
   * Told once for each code, after the first call: what somebody should look at in the client (`REDIS_CLIENT_RESENDS`) or
   * the server (`REDIS_EVICTION`, `REDIS_VERSION`, `REDIS_PERMISSION`). Default: the console.
   */
  onWarning?: ((warning: Warning) => unknown) | undefined;
}

/** The options, checked and with their defaults. */
export interface RedisSettings {
  readonly prefix: string;
  readonly warn: Warn;
  readonly deniedCache: boolean;
  readonly events: EventStream;
}

/**
 * What the options come to.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function readRedisOptions(options: RedisStoreOptions): RedisSettings {
  checkOptions("redisStore", options, ["prefix", "onWarning", "deniedCache"]);
  const { prefix = "sluice:", onWarning } = options;
  checkPrefix(prefix);
  checkFunction("redisStore", "onWarning", onWarning);
  const events = new EventStream();
  return {
    prefix,
    events,
    warn: warnOnce(onWarning, events),
    deniedCache: readDeniedCache("redisStore", options),
  };
}

function checkPrefix(prefix: unknown): void {
  if (typeof prefix === "string" && /^[\x20-\x7a|~]{0,64}$/.test(prefix)) return;
  const expected = "at most 64 printable ASCII characters without braces";
  throw invalidOption("redisStore", "prefix", prefix, expected, "sluice:");
}
