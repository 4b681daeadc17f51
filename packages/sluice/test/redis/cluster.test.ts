import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Cluster, Redis } from "ioredis";
import { adaptive, concurrency, fixedWindow, guard, type Plan, rateLimiter } from "sluice";
import { redisStore } from "sluice/redis";
import { testStore } from "sluice/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { startRedisCluster } from "../../../../test/services/redisCluster.ts";
import { isOwn } from "../../../../test/services/Service.ts";
import { Fleet } from "../contention/Fleet.ts";
import { scenarios } from "../contention/scenarios.ts";
import type { Spent } from "../contention/spend.ts";
import { fromTest, request } from "../guard/ask.ts";
import { clients, type Connection } from "./clients.ts";
import { strict } from "./strict.ts";
import { expectFailoverSurvived } from "./expectFailoverSurvived.ts";

const page = readFileSync(new URL("../../../../docs/redis.md", import.meta.url), "utf8");
const RULES = /^ACL SETUSER limits (.+)$/m.exec(page)![1].split(" ");
const CLUSTER_RULES = /^`(\+cluster.*)`/m.exec(page)![1].split(" ");

const service = await startRedisCluster();
const { url, note, stop } = service;
afterAll(stop);

describe.skipIf(url === "")(`redisStore on Redis Cluster ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  test(
    "8 processes of 500 calls at once admit exactly what a fixed window has",
    { timeout: 60_000 },
    async () => {
      const fleet = await Fleet.start(8, "spend.ts", () => []);
      onTestFinished(() => fleet.end());
      const job = { store: `cluster+${url}`, namespace: `contention ${Date.now()}`, callsInTurn: 500 };
      const { admitted, remaining } = scenarios["a fixed window"];
      const spend = (calls: number) =>
        fleet.ask<Spent>(Array.from({ length: 8 }, () => ({ ...job, scenario: "a fixed window", calls })));
      await spend(0);
      const spent = await spend(500);
      expect(spent.reduce((sum, each) => sum + each.admitted, 0)).toBe(admitted);
      expect((await spend(0))[0].remaining).toEqual(remaining);
    },
  );

  describe.each(Object.entries(clients))("over %s", (name, { cluster }) => {
    async function connect(): Promise<Connection["client"]> {
      const { client, close } = await cluster(url);
      onTestFinished(close);
      return client;
    }

    testStore(
      async () => {
        const { client, close } = await cluster(url);
        const refuses = ({ limits }: Plan) =>
          limits.some(({ sharedWidth, by }) => sharedWidth > 0 || by !== limits[0].by);
        return { store: redisStore(client), close, refuses };
      },
      { describe, test },
      { name: `redisStore over ${name}`, runs: name === "ioredis 6" ? 100 : 10 },
    );

    test("calls of one turn on many keys reach every server, and nothing is warned of", async () => {
      const warnings: unknown[] = [];
      const store = redisStore(await connect(), { onWarning: (warning) => warnings.push(warning) });
      const limiter = rateLimiter({
        ...strict,
        limits: ["2/d", "9/h"],
        store,
        namespace: `many ${name} ${Date.now()}`,
      });
      const keys = Array.from({ length: 60 }, (_, i) => `key ${i % 20}`);
      const decisions = await Promise.all(keys.map((key) => limiter.consume(key)));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(40);
      await store.ping();
      expect(warnings).toEqual([]);
    });

    test("the permissions in docs/redis.md suffice, with those that a client of a cluster needs itself", async () => {
      const admin = new Cluster([url]);
      onTestFinished(() => admin.disconnect());
      await once(admin, "ready");
      const rules = ["reset", ...RULES, ...CLUSTER_RULES];
      await Promise.all(admin.nodes().map((node) => node.call("ACL", "SETUSER", "limits", ...rules)));
      const { client, close } = await cluster(url.replace("redis://", "redis://limits:secret@"));
      onTestFinished(close);
      const warnings: unknown[] = [];
      const store = redisStore(client, { onWarning: (warning) => warnings.push(warning) });
      const limiter = rateLimiter({ ...strict, limits: "2/d", store, namespace: "permissions" });
      const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`);
      await Promise.all(keys.map((key) => limiter.consume(key)));
      await Promise.all(keys.map((key) => limiter.reset(key)));
      await store.ping();
      expect(warnings).toEqual([]);
    });

    test("what a rule counts at once comes back, also where each path counts for itself", async () => {
      const store = redisStore(await connect(), { onWarning: () => {} });
      const rules = [{ path: "/u/:id", limits: concurrency({ limit: 1 }), pool: "path" }];
      const namespace = `at once ${name} ${Date.now()}`;
      const { check } = guard({ ...strict, rules, store, namespace, identify: fromTest });
      for (let i = 0; i < 10; i++) {
        const first = await check(request(`GET /u/${i}`));
        expect((await check(request(`GET /u/${i}`))).reply?.status).toBe(429);
        await first.ended?.();
        expect((await check(request(`GET /u/${i}`))).reply).toBeUndefined();
      }
    });

    test("a sensor that all keys share is refused at construction", async () => {
      const store = redisStore(await connect());
      const shared = (load: "key" | "shared") => () =>
        rateLimiter({
          limits: adaptive({ limit: 10, window: "1m", load, ...(load === "shared" && { loadLimit: "9/s" }) }),
          store,
          name: load,
        });
      expect(shared("shared")).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", value: "shared", nearest: "key", path: "load" }),
      );
      expect(shared("key")).not.toThrow();
    });
  });

  test("records of one key lie in one slot, and those of many keys in many", async () => {
    const one = new Redis(url);
    const cluster = new Cluster([url]);
    onTestFinished(() => (one.disconnect(), cluster.disconnect()));
    const store = redisStore(cluster, { prefix: "slots:", onWarning: () => {} });
    const { decide, act } = store.prepare({
      namespace: `slots ${Date.now()}`,
      pool: "a",
      limits: [fixedWindow({ limit: 1, window: "1d" })],
      block: { scope: "", duration: 60_000_000 },
    });
    const names = Array.from({ length: 8 }, (_, i) => `{a}${i}`);
    // The second is refused, so there are three records: the state, the block, and what was reserved.
    const reserve = { does: "reserve", costs: 1, id: "{id}", ttl: 60_000_000, nonce: 1 } as const;
    for (const name of names) await act(name, reserve);
    for (const name of names) await decide(name, 1, "consume");
    const found = await Promise.all(cluster.nodes("master").map((node) => node.keys("slots:*")));
    const slots = new Map<string, Set<number>>();
    for (const key of found.flat()) {
      const name = /\{a\}\d/.exec(key)![0];
      const slot = await one.cluster("KEYSLOT", key);
      slots.set(name, (slots.get(name) ?? new Set()).add(slot));
    }
    expect([...slots.keys()].toSorted()).toEqual(names);
    expect(found.flat()).toHaveLength(3 * names.length);
    for (const ofOneKey of slots.values()) expect(ofOneKey.size).toBe(1);
    expect(new Set([...slots.values()].flatMap((ofOneKey) => [...ofOneKey])).size).toBeGreaterThan(4);
  });

  // The last two, because the cluster has a server less from then on.
  test.skipIf(!isOwn(service))(
    "when a master is gone, clients decide on its replica, and no call is charged twice",
    async () => {
      // Version 5 of node-redis looks for the next master only when the lost one answers again.
      const kinds = Object.entries(clients).filter(([name]) => name !== "node-redis 5");
      const connect = kinds.map(([name, { cluster }]) => [name, () => cluster(url)] as const);
      await expectFailoverSurvived(Object.fromEntries(connect), shutDownMaster);
    },
    60_000,
  );

  test.skipIf(!isOwn(service))(
    "when a master hangs, ioredis and iovalkey decide on its replica, and no call is charged twice",
    async () => {
      const kinds = Object.entries(clients).filter(([name]) => name.startsWith("io"));
      const connect = kinds.map(([name, { cluster }]) => [name, () => cluster(url)] as const);
      await expectFailoverSurvived(Object.fromEntries(connect), hangMaster);
    },
    60_000,
  );
});

async function shutDownMaster(): Promise<void> {
  const master = await masterWithReplica();
  // It ends without an answer.
  await master.call("SHUTDOWN", "NOSAVE", "NOW").catch(() => {});
  master.disconnect();
}

/** Its connections stay, and nobody answers on them. */
async function hangMaster(): Promise<void> {
  const master = await masterWithReplica();
  const pid = Number(/process_id:(\d+)/.exec(await master.info("server"))![1]);
  master.disconnect();
  process.kill(pid, "SIGSTOP");
  onTestFinished(() => void process.kill(pid, "SIGCONT"));
}

/** Not the one that clients are told of. */
async function masterWithReplica(): Promise<Redis> {
  const node = new Redis(url);
  const nodes = ((await node.cluster("NODES")) as string).trim().split("\n");
  node.disconnect();
  const lines = nodes.map((line) => line.split(" "));
  const followed = new Set(lines.flatMap(([, , flags, master]) => (flags === "slave" ? [master] : [])));
  const found = lines.find(([id, , flags]) => flags === "master" && followed.has(id));
  const port = Number(/:(\d+)@/.exec(found![1])![1]);
  return new Redis(port, "127.0.0.1", { retryStrategy: null });
}
