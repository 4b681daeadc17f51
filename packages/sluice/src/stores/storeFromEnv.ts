import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { isObject } from "../units/isObject.ts";
import type { OwnClient } from "./env/OwnClient.ts";
import { readStoreChoice } from "./env/readStoreChoice.ts";
import { memoryStore } from "./memory/memoryStore.ts";
import type { Store } from "./Store.ts";

/**
 * The store that SLUICE_STORE names: `memory`, `sqlite:PATH`, `redis://...`, `rediss://...`, `postgres://...` or
 * `postgresql://...`. Unset or empty is memory.
 *
 * It uses the client that is installed: `ioredis`, `redis` or `iovalkey`; `pg` or `postgres`. Clients that it makes are
 * its own, so here, and only here, `store.close()` closes them too. For PostgreSQL it runs `migrate()`. A Redis that
 * cannot be reached yet is tried again and again, while calls fail and limiters follow their policy.
 *
 * @param from the environment, or the text itself; default `process.env`
 * @throws ConfigurationError `INVALID_OPTION` for another text, with the nearest form and never the password, or if no
 *   client is installed; StoreError if SQLite or PostgreSQL cannot be used, or Redis refuses us
 */
export async function storeFromEnv(
  from: string | Readonly<Record<string, string | undefined>> = environment(),
): Promise<Store> {
  if (typeof from !== "string" && !isObject(from)) throw notEnvironment(from);
  const text = typeof from === "string" ? from : (from.SLUICE_STORE ?? "");
  const owner = typeof from === "string" ? "the store of storeFromEnv" : "SLUICE_STORE";
  const { kind, location } = readStoreChoice(owner, text);
  if (kind === "redis") return openRedis(location);
  if (kind === "postgres") return openPostgres(location);
  if (kind === "sqlite") return (await import("./sqlite.ts")).sqliteStore(location);
  return memoryStore();
}

function notEnvironment(value: unknown): ConfigurationError {
  const message = `storeFromEnv takes an environment such as process.env, or the text of SLUICE_STORE, not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest: "memory" });
}

function environment(): Readonly<Record<string, string | undefined>> {
  return globalThis.process?.env ?? {};
}

async function openRedis(url: string): Promise<Store> {
  const [{ redisStore }, { connectRedis }] = await Promise.all([
    import("./redis.ts"),
    import("./env/connectRedis.ts"),
  ]);
  const own = await connectRedis(url);
  return closingBoth(redisStore(own.client), own);
}

async function openPostgres(url: string): Promise<Store> {
  const [{ postgresStore }, { connectPostgres }] = await Promise.all([
    import("./postgres.ts"),
    import("./env/connectPostgres.ts"),
  ]);
  const own = await connectPostgres(url);
  const store = postgresStore(own.client);
  try {
    await store.migrate();
  } catch (error) {
    await own.close();
    throw error;
  }
  return closingBoth(store, own);
}

function closingBoth<Client>(store: Store, own: OwnClient<Client>): Store {
  let closed: Promise<void> | undefined;
  const close = async () => {
    await store.close();
    await own.close();
  };
  return { ...store, close: () => (closed ??= close()) };
}
