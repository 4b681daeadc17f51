import * as ioredis6 from "ioredis";
import * as ioredis5 from "ioredis5";
import * as iovalkey from "iovalkey";
import { gcra, type Plan, type Warning } from "sluice";
import { redisStore } from "sluice/redis";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { until } from "../../../../test/services/until.ts";
import { redisCommands } from "../../src/stores/redis/redisCommands.ts";
import { bulk, type ScriptedServer, scriptedServer } from "./scriptedServer.ts";

const plan: Plan = {
  namespace: "warnings",
  pool: "a",
  limits: [gcra({ rate: "1/s", burst: 1000 })],
  block: { scope: "", duration: 0 },
};

/** Now, not blocked, for 0 us; it fits, without a wait, 1 remains, reset after 1 us, and the state. */
const DECIDED = [9, 0, 0, 1, 0, 1, 1, ...plan.limits.flatMap(({ machine }) => Array(machine.width).fill(1))];
const REPLY = `*${DECIDED.length}\r\n${DECIDED.map((number) => `:${number}\r\n`).join("")}`;

/** A server that decides everything, and says of itself what it is told to. */
async function serverSaying(info: string): Promise<ScriptedServer> {
  const server = await scriptedServer(([name]) => {
    if (/^eval/i.test(name)) return REPLY;
    return /^info$/i.test(name) ? info : undefined;
  });
  onTestFinished(() => server.close());
  return server;
}

/** A client that asks for no INFO itself. */
function connect(url: string): ioredis6.Redis {
  const client = new ioredis6.Redis(url, { enableReadyCheck: false, maxRetriesPerRequest: 0 });
  onTestFinished(() => client.disconnect());
  return client;
}

const asked = ({ commands }: ScriptedServer) => commands.filter(([name]) => /^info$/i.test(name)).length;

/** What is warned of in the first calls on a server that says this of itself. */
async function warningsOf(info: string): Promise<Warning[]> {
  const server = await serverSaying(info);
  const client = connect(server.url);
  const warnings: Warning[] = [];
  const { decide } = redisStore(client, { onWarning: (warning) => warnings.push(warning) }).prepare(plan);
  for (const key of ["a", "b", "c"]) await decide(key, 1, "consume");
  // Its answer comes after that of the INFO.
  await client.ping();
  return warnings;
}

const codesOf = async (...lines: string[]) => {
  const warnings = await warningsOf(bulk(["# Server", ...lines, ""].join("\r\n")));
  return warnings.map(({ code }) => code);
};

describe("one INFO, after the first call", () => {
  test.each([
    [["redis_version:7.0.15", "maxmemory:0", "maxmemory_policy:noeviction"], []],
    [["redis_version:7.2.4", "server_name:valkey", "valkey_version:8.0.1"], []],
    [["redis_version:10.0.0", "maxmemory:100", "maxmemory_policy:noeviction"], []],
    [["redis_version:7.0.15", "maxmemory:0", "maxmemory_policy:allkeys-lru"], []],
    [["redis_version:7.0.15", "maxmemory:100", "maxmemory_policy:allkeys-lru"], ["REDIS_EVICTION"]],
    [["redis_version:7.0.15", "maxmemory:100", "maxmemory_policy:volatile-ttl"], ["REDIS_EVICTION"]],
    [["redis_version:6.2.14"], ["REDIS_VERSION"]],
    [["redis_version:7.2.4", "server_name:valkey", "valkey_version:7.2.9"], ["REDIS_VERSION"]],
    [
      ["redis_version:6.3.4", "maxmemory:100", "maxmemory_policy:allkeys-lfu"],
      ["REDIS_VERSION", "REDIS_EVICTION"],
    ],
    // A managed server that does not say.
    [["os:unknown", "maxmemory:100"], []],
  ])("%j is told as %j, once", async (lines, codes) => {
    expect(await codesOf(...lines)).toEqual(codes);
  });

  test("is asked for once by a store, not before a call, and by each store", async () => {
    const server = await serverSaying(bulk("redis_version:7.0.15\r\n"));
    const client = connect(server.url);
    const store = redisStore(client);
    const { decide } = store.prepare(plan);
    await client.ping();
    expect(asked(server)).toBe(0);
    await Promise.all(["a", "b", "c"].map((key) => decide(key, 1, "consume")));
    await decide("a", 1, "peek");
    await client.ping();
    expect(asked(server)).toBe(1);
    await redisStore(client).prepare(plan).decide("a", 1, "consume");
    await client.ping();
    expect(asked(server)).toBe(2);
  });

  test("that is refused is told, because then nothing is known", async () => {
    const warnings = await warningsOf("-NOPERM User limits has no permissions to run the 'info' command\r\n");
    expect(warnings).toEqual([
      { code: "REDIS_PERMISSION", message: expect.stringMatching(/^INFO is refused/) },
    ]);
  });

  test("that fails otherwise is no warning, and no rejection that nobody handles", async () => {
    expect(await warningsOf("-ERR unknown command 'INFO'\r\n")).toEqual([]);
  });

  test("that is not answered delays not the call before it", async () => {
    const server = await serverSaying("");
    const { decide } = redisStore(connect(server.url)).prepare(plan);
    expect((await decide("a", 1, "consume")).allowed).toBe(true);
    await until(async () => asked(server) === 1);
  });

  test("a listener that throws fails no call", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => told.mockRestore());
    const server = await serverSaying(bulk("redis_version:6.0.0\r\n"));
    const client = connect(server.url);
    const onWarning = () => {
      throw new Error("mine");
    };
    const { decide } = redisStore(client, { onWarning }).prepare(plan);
    await decide("a", 1, "consume");
    await client.ping();
    expect((await decide("a", 1, "consume")).allowed).toBe(true);
    expect(told).toHaveBeenCalledOnce();
  });

  test("without a listener the console is told", async () => {
    const told = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => told.mockRestore());
    const server = await serverSaying(bulk("redis_version:6.0.0\r\n"));
    const client = connect(server.url);
    await redisStore(client, { onWarning: undefined }).prepare(plan).decide("a", 1, "consume");
    await client.ping();
    expect(told.mock.calls).toEqual([
      [expect.stringMatching(/^sluice: REDIS_VERSION: Redis 6\.0\.0 is older/)],
    ]);
  });
});

test("a script that is refused is told as a permission, and the call fails", async () => {
  const server = await scriptedServer(([name]) =>
    /^eval/i.test(name) ? "-ERR ACL failure in script: User limits has no permissions\r\n" : undefined,
  );
  onTestFinished(() => server.close());
  const warnings: Warning[] = [];
  const store = redisStore(connect(server.url), { onWarning: (warning) => warnings.push(warning) });
  const { decide } = store.prepare(plan);
  for (const key of ["a", "b"])
    await expect(decide(key, 1, "consume")).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
  expect(warnings).toEqual([{ code: "REDIS_PERMISSION", message: expect.stringContaining("docs/redis.md") }]);
});

describe.each(Object.entries({ "ioredis 6": ioredis6, "ioredis 5": ioredis5, iovalkey }))(
  "%s as it comes sends calls again after a lost connection",
  (_, library) => {
    const { Redis, Cluster } = library as typeof ioredis6;
    const saferOf = (client: ioredis6.Redis | ioredis6.Cluster) => redisCommands(client).saferOptions;

    test("and REDIS_CLIENT_RESENDS says so", async () => {
      const server = await serverSaying(bulk("redis_version:7.0.15\r\n"));
      const client = new Redis(server.url);
      onTestFinished(() => client.disconnect());
      const warnings: Warning[] = [];
      const store = redisStore(client, { onWarning: (warning) => warnings.push(warning) });
      for (const key of ["a", "b"]) await store.prepare(plan).decide(key, 1, "consume");
      expect(warnings).toEqual([
        {
          code: "REDIS_CLIENT_RESENDS",
          message: expect.stringMatching(/maxRetriesPerRequest: 0 \(see docs\/warnings\.md\)$/),
        },
      ]);
    });

    test("which is so", async () => {
      let answer = "";
      const server = await scriptedServer(([name]) => (/^eval/i.test(name) ? answer : undefined));
      onTestFinished(() => server.close());
      const client = new Redis(server.url);
      onTestFinished(() => client.disconnect());
      const { decide } = redisStore(client, { onWarning: () => {} }).prepare(plan);
      const call = decide("a", 1, "consume");
      const sent = () => server.commands.filter(([name]) => /^evalsha$/i.test(name)).length;
      await until(async () => sent() === 1);
      answer = REPLY;
      server.drop();
      expect((await call).allowed).toBe(true);
      expect(sent()).toBe(2);
    });

    test.each([
      [{}, "maxRetriesPerRequest: 0"],
      [{ maxRetriesPerRequest: 1 }, "maxRetriesPerRequest: 0"],
      [{ maxRetriesPerRequest: null }, "maxRetriesPerRequest: 0"],
      [{ maxRetriesPerRequest: 0 }, undefined],
      [{ autoResendUnfulfilledCommands: false }, undefined],
    ])("one server with %j is told to be safer with %s", (options, safer) => {
      expect(saferOf(new Redis({ lazyConnect: true, ...options }))).toBe(safer);
    });

    test.each([
      [{}, "retryDelayOnFailover: 0 and slotsRefreshInterval: 2000"],
      [
        { redisOptions: { maxRetriesPerRequest: 0 } },
        "retryDelayOnFailover: 0 and slotsRefreshInterval: 2000",
      ],
      [{ retryDelayOnFailover: 0 }, undefined],
    ])("a cluster with %j is told to be safer with %s", (options, safer) => {
      const nodes = [{ host: "127.0.0.1", port: 1 }];
      expect(saferOf(new Cluster(nodes, { lazyConnect: true, ...options }))).toBe(safer);
    });
  },
);

describe.each(["Redis", "Valkey"] as const)("a real %s", async (kind) => {
  const { url, note, stop } = await startOwnRedis(kind, {
    maxmemory: "64mb",
    "maxmemory-policy": "allkeys-lru",
  });
  afterAll(stop);

  test.skipIf(url === "")(`that evicts is told ${url === "" ? `(skipped: ${note})` : ""}`, async () => {
    const client = connect(url);
    const warnings: Warning[] = [];
    const { decide } = redisStore(client, { onWarning: (warning) => warnings.push(warning) }).prepare(plan);
    await decide("a", 1, "consume");
    await client.ping();
    expect(warnings).toEqual([{ code: "REDIS_EVICTION", message: expect.stringContaining("allkeys-lru") }]);
  });
});
