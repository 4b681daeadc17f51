import { Redis as Redis6 } from "ioredis";
import { Redis as Redis5 } from "ioredis5";
import { Redis as Iovalkey } from "iovalkey";
import { Pool } from "pg";
import type { Limiter, Store } from "sluice";
import { postgresStore } from "sluice/postgres";
import type { RedisClient } from "sluice/redis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { until } from "../../../../test/services/until.ts";
import { lazyClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume, isAnswered, type Outcome } from "./outcome.ts";
import { type TcpProxy, tcpProxy } from "./tcpProxy.ts";
import { p99, timed, type Timed } from "./timed.ts";
import { freshNamespace, policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const { url, note } = inject("redis");
const BUDGET_MS = 50;
const BOUND_MS = 80;
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

describe.skipIf(url === "")(`a server that never answers ${skipped}`, { timeout: 60_000 }, () => {
  describe.each(Object.entries(lazyClients))("over %s", (_, connect) => {
    async function silentServer(greets: boolean): Promise<{ proxy: TcpProxy; limiter(): Limiter }[]> {
      return Promise.all(
        policies.map(async (onStoreError) => {
          const proxy = await tcpProxy(url);
          if (!greets) proxy.fault = "hold";
          const { client, ready } = connect(proxy.url);
          if (greets) await ready();
          proxy.fault = "hold";
          const options = { onStoreError, timeoutMs: BUDGET_MS, namespace: freshNamespace() };
          return {
            proxy,
            limiter: () => watchedLimiter({ ...options, store: quietStore(client) }).limiter,
          };
        }),
      );
    }

    test.each([
      ["from the beginning", false],
      ["any more", true],
    ])("case 41: that does not answer %s: each policy decides in under 80 ms at p99", async (_, greets) => {
      const servers = await silentServer(greets);
      const groups = await Promise.all(
        servers.map(async ({ limiter }) => {
          // Five calls on each store: after them it is left alone.
          const inSequence = Array.from({ length: 40 }, () => timedInSequence(limiter(), 5));
          const together = limiter();
          const atOnce = Array.from({ length: 200 }, (_, i) => timedCall(together, `key ${i}`));
          return [...(await Promise.all(inSequence)).flat(), ...(await Promise.all(atOnce))];
        }),
      );
      groups.forEach((calls, i) => {
        expect(calls).toHaveLength(400);
        expect(new Set(calls.map(({ answer }) => answeredBy(answer!)))).toEqual(new Set([policies[i]]));
        expect(p99(calls.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
        // None was answered before its time either: the store was asked.
        if (greets) expect(Math.min(...calls.map(({ ms }) => ms))).toBeGreaterThan(BUDGET_MS - 5);
      });
    });

    test("case 41: after five calls it is not asked, and each policy decides in the same turn", async () => {
      const limiters = (await silentServer(true)).map(({ limiter }) => limiter());
      await Promise.all(limiters.map((limiter) => timedInSequence(limiter, 5)));
      for (const limiter of limiters) {
        let turned = false;
        setImmediate(() => (turned = true));
        for (let i = 0; i < 500; i++) await consume(limiter, "a");
        expect(turned).toBe(false);
      }
    });
  });
});

/** What docs/redis.md recommends. */
const options = { maxRetriesPerRequest: 0, commandTimeout: 1000, socketTimeout: 3000 };
const ioredisLike: Record<string, (url: string) => RedisClient & Pick<Redis6, "disconnect">> = {
  "ioredis 6": (url) => new Redis6(url, options).on("error", () => {}),
  "ioredis 5": (url) => new Redis5(url, options).on("error", () => {}),
  iovalkey: (url) => new Iovalkey(url, options).on("error", () => {}),
};

describe.skipIf(url === "")(`a connection that falls silent ${skipped}`, { timeout: 60_000 }, () => {
  test.each(Object.entries(ioredisLike))(
    "is given up by %s with the options of the guide, and a new one is used",
    async (_, connect) => {
      const proxy = await tcpProxy(url);
      const client = connect(proxy.url);
      onTestFinished(() => client.disconnect());
      const store = quietStore(client);
      const { limiter } = watchedLimiter({ store, namespace: freshNamespace(), timeoutMs: BUDGET_MS });
      await until(async () => isAnswered(await consume(limiter, "a")));
      proxy.silence();
      expect(await consume(limiter, "a")).toMatchObject({ degraded: "local" });
      await until(async () => isAnswered(await consume(limiter, "a")));
      expect(proxy.accepted).toBe(2);
    },
  );
});

const postgres = inject("postgres");
const stores: [string, string, (url: string) => Store][] = [
  [
    "Redis",
    url,
    (url) => {
      const client = new Redis6(url).on("error", () => {});
      onTestFinished(() => client.disconnect());
      return quietStore(client);
    },
  ],
  [
    "PostgreSQL",
    postgres.url,
    (url) => {
      const pool = new Pool({ connectionString: url }).on("error", () => {});
      onTestFinished(() => pool.end());
      return postgresStore(pool);
    },
  ],
];

describe.each(stores)("a ping of %s", { timeout: 60_000 }, (name, url, connect) => {
  test.skipIf(url === "")(
    "ends after five seconds if the server has fallen silent and the client waits",
    async () => {
      const proxy = await tcpProxy(url);
      const store = connect(proxy.url);
      await store.ping();
      proxy.fault = "hold";
      const start = performance.now();
      const message = `${name} did not answer within 5000 ms`;
      await expect(store.ping()).rejects.toMatchObject({ code: "STORE_TIMEOUT", message });
      expect(performance.now() - start).toBeGreaterThan(4990);
      proxy.fault = "none";
      await store.ping();
    },
  );
});

async function timedInSequence(limiter: Limiter, calls: number): Promise<Timed<Outcome>[]> {
  const answers = [];
  for (let i = 0; i < calls; i++) answers.push(await timedCall(limiter, "a"));
  return answers;
}

function timedCall(limiter: Limiter, key: string): Promise<Timed<Outcome>> {
  return timed(BUDGET_MS, () => consume(limiter, key));
}
