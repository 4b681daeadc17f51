import { existsSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { isSluiceError, rateLimiter, type Store, storeFromEnv } from "sluice";
import { afterAll, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { portOf, startSilentProxy } from "../../../../test/services/silentProxy.ts";
import { temporaryFile } from "../sqlite/temporaryFile.ts";
import { runWith } from "./installed.ts";

// Most tests start a process.
vi.setConfig({ testTimeout: 60_000 });

const { redis, postgres } = { redis: inject("redis"), postgres: inject("postgres") };
const [first, next] = await Promise.all([startOwnRedis("Redis"), startOwnRedis("Redis")]);
afterAll(async () => void (await Promise.all([first.stop(), next.stop()])));
const why = ({ url, note }: typeof redis) => (url === "" ? ` (skipped: ${note})` : "");

/** Two calls on a limit of one. The process ends by itself only if close leaves no connection behind. */
const SPEND = `
  import { rateLimiter, storeFromEnv } from "sluice";
  const store = await storeFromEnv();
  const limiter = rateLimiter({ limits: "1/d", store, namespace: process.env.NAMESPACE, onStoreError: "throw", timeoutMs: 5000 });
  for (let i = 0; i < 2; i++) console.log((await limiter.consume("a")).allowed);
  await store.close();
`;
const SPENT = "true\nfalse\n";

let names = 0;
const namespace = () => `env ${process.pid} ${names++}`;

async function twoCalls(store: Store): Promise<boolean[]> {
  const options = { store, namespace: namespace(), onStoreError: "throw", timeoutMs: 5000 } as const;
  const limiter = rateLimiter({ limits: "1/d", ...options });
  return [(await limiter.consume("a")).allowed, (await limiter.consume("a")).allowed];
}

test.each([[{}], [{ SLUICE_STORE: "" }], [{ SLUICE_STORE: "memory" }], ["memory"]])(
  "%j is a memory store of its own",
  async (from) => {
    expect(await twoCalls(await storeFromEnv(from))).toEqual([true, false]);
  },
);

test("the environment of the process is read by default", async () => {
  vi.stubEnv("SLUICE_STORE", "memroy");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(storeFromEnv()).rejects.toThrow("SLUICE_STORE must be memory");
});

test("sqlite:PATH is a file, which close closes", async () => {
  const file = temporaryFile();
  const store = await storeFromEnv({ SLUICE_STORE: `sqlite:${file}` });
  expect(await twoCalls(store)).toEqual([true, false]);
  await store.close();
  await store.close();
  expect([existsSync(file), existsSync(`${file}-wal`)]).toEqual([true, false]);
});

describe("where nothing else is installed", () => {
  test("the library is imported, and memory works", async () => {
    expect(await runWith([], SPEND, { NAMESPACE: "a" })).toBe(SPENT);
  });

  test.each([
    ["redis://127.0.0.1:1", "npm install ioredis (or redis or iovalkey)"],
    ["postgres://127.0.0.1:1/a", "npm install pg (or postgres)"],
  ])("%s tells what to install", async (text, told) => {
    const code = `import { storeFromEnv } from "sluice";
      await storeFromEnv().catch(({ name, code, message }) => console.log(name, code, message));`;
    const printed = await runWith([], code, { SLUICE_STORE: text });
    expect(printed).toContain("ConfigurationError INVALID_OPTION");
    expect(printed).toContain(told);
  });
});

describe.skipIf(redis.url === "")(`redis://${why(redis)}`, () => {
  test.each(["ioredis", "redis", "iovalkey"])("takes %s where that is what is installed", async (client) => {
    const environment = { SLUICE_STORE: redis.url, NAMESPACE: namespace() };
    expect(await runWith([client], SPEND, environment)).toBe(SPENT);
  });

  test("two stores share their counters", async () => {
    const stores = await Promise.all([storeFromEnv(redis.url), storeFromEnv(redis.url)]);
    const shared = { limits: "1/d", namespace: namespace(), onStoreError: "throw" } as const;
    const limiters = stores.map((store) => rateLimiter({ ...shared, store }));
    expect((await limiters[0].consume("a")).allowed).toBe(true);
    expect((await limiters[1].consume("a")).allowed).toBe(false);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("a password that is wrong is told at once, and is not printed", async () => {
    const client = new Redis(redis.url);
    onTestFinished(async () => {
      await client.acl("DELUSER", "env-test");
      client.disconnect();
    });
    await client.acl("SETUSER", "env-test", "on", ">right", "+@all", "~*");
    const url = redis.url.replace("redis://", "redis://env-test:hunter2@");
    const error: unknown = await storeFromEnv(url).catch((reason: unknown) => reason);
    expect(isSluiceError(error) && error.code).toBe("STORE_MISCONFIGURED");
    expect(inspect(error, { depth: Infinity })).not.toContain("hunter2");
  });
});

describe.each(["ioredis", "redis", "iovalkey"])("a Redis that fails under %s", (client) => {
  test("before it ever answered: calls fail at once, and the store can be closed", async () => {
    const code = `
      import { storeFromEnv, readLimits } from "sluice";
      const store = await storeFromEnv();
      const plan = { namespace: "a", pool: "a", limits: readLimits("a", "1/d"), block: { scope: "", duration: 0 } };
      const { decide } = store.prepare(plan);
      await decide("a", 1, "consume").catch(({ code }) => console.log(code));
      await store.close();`;
    expect(await runWith([client], code, { SLUICE_STORE: "redis://127.0.0.1:1" })).toBe("STORE_FAILED\n");
  });

  test("in the middle of a call: the call fails, and nothing is sent again", async () => {
    const { url, received } = await serverThatHangsUp();
    const code = `
      import { storeFromEnv, readLimits } from "sluice";
      const store = await storeFromEnv();
      const plan = { namespace: "a", pool: "a", limits: readLimits("a", "1/d"), block: { scope: "", duration: 0 } };
      const { decide } = store.prepare(plan);
      await decide("a", 1, "consume").catch(({ code }) => console.log(code));
      const isOut = () => store.ping().then(() => false, () => true);
      while (await isOut()) await new Promise(setImmediate);
      await store.close();`;
    expect(await runWith([client], code, { SLUICE_STORE: url })).toBe("STORE_FAILED\n");
    const all = received();
    expect(all.connections).toBeGreaterThan(1);
    expect(all.text.match(/EVALSHA/gi)).toHaveLength(1);
  });
});

describe.each(["ioredis", "redis", "iovalkey"])("a Redis that is silent under %s", (client) => {
  test("from the start: it is waited for two seconds, and then calls fail and say why", async () => {
    const { url } = await silentServer();
    const code = `
      import { storeFromEnv } from "sluice";
      const store = await storeFromEnv();
      await store.ping().catch(({ message }) => console.log(message));
      await store.close();`;
    expect(await runWith([client], code, { SLUICE_STORE: url })).toMatch(
      /^Redis failed: (?:no answer within 2000 ms|Socket timeout)/,
    );
  });

  test.skipIf(redis.url === "")(
    `after it was reached: the connection is replaced, and the store can be used again${why(redis)}`,
    async () => {
      const { url, silence } = await proxyTo(redis.url);
      const code = `
        import { storeFromEnv } from "sluice";
        const store = await storeFromEnv();
        await store.ping();
        console.log("up");
        await fetch(process.env.SILENCE);
        await store.ping().catch(() => console.log("down"));
        const isOut = () => store.ping().then(() => false, () => true);
        while (await isOut()) await new Promise((resolve) => setTimeout(resolve, 20));
        console.log("up");
        await store.close();`;
      const printed = await runWith([client], code, { SLUICE_STORE: url, SILENCE: silence });
      expect(printed).toBe("up\ndown\nup\n");
    },
  );
});

describe.skipIf(first.url === "" || next.url === "")(`a Redis behind one name${why(first)}`, () => {
  test.each(["ioredis", "redis", "iovalkey"])(
    "that became a replica: %s connects again, and finds the next master",
    async (client) => {
      const { url, failOver } = await oneName();
      const code = `
        import { storeFromEnv, readLimits } from "sluice";
        const store = await storeFromEnv();
        const plan = { namespace: process.env.NAMESPACE, pool: "a", limits: readLimits("a", "9/d"), block: { scope: "", duration: 0 } };
        const { decide } = store.prepare(plan);
        const call = () => decide("a", 1, "consume").then(() => "answered", ({ message }) => message);
        console.log(await call());
        await fetch(process.env.FAIL_OVER);
        console.log((await call()).slice(0, 22));
        while (await call() !== "answered") await new Promise(setImmediate);
        console.log("answered");
        await store.close();`;
      const environment = { SLUICE_STORE: url, FAIL_OVER: failOver, NAMESPACE: namespace() };
      expect(await runWith([client], code, environment)).toBe("answered\nRedis failed: READONLY\nanswered\n");
    },
  );
});

describe.each(["ioredis", "redis", "iovalkey"])("calls under %s tell why", (client) => {
  test("there is no connection", async () => {
    const code = `
      import { storeFromEnv } from "sluice";
      const store = await storeFromEnv();
      await store.ping().catch(({ message }) => console.log(message));
      await store.close();`;
    expect(await runWith([client], code, { SLUICE_STORE: "redis://127.0.0.1:1" })).toBe(
      "Redis failed: connect ECONNREFUSED 127.0.0.1:1\n",
    );
  });

  test.skipIf(redis.url === "")(
    `a database that is not there is told at the start${why(redis)}`,
    async () => {
      const code = `
      import { storeFromEnv } from "sluice";
      await storeFromEnv().catch(({ code, message }) => console.log(code, message));`;
      const printed = await runWith([client], code, { SLUICE_STORE: `${redis.url}/99999` });
      expect(printed).toMatch(/^STORE_MISCONFIGURED Redis failed: ERR .*DB index/);
    },
  );
});

/** Takes connections, and says nothing. */
async function silentServer(): Promise<{ url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `redis://127.0.0.1:${await portOf(server)}` };
}

/** A proxy for a process of its own, which asks for silence by HTTP. */
async function proxyTo(target: string): Promise<{ url: string; silence: string }> {
  const { url, silence, stop } = await startSilentProxy(target);
  const control = createHttpServer((_request, response) => {
    silence();
    response.setHeader("Connection", "close").end();
  });
  onTestFinished(() => {
    stop();
    control.close();
  });
  return { url, silence: `http://127.0.0.1:${await portOf(control)}` };
}

/** A name of one master, then of another that the first one follows. Connections to the first stay. */
async function oneName(): Promise<{ url: string; failOver: string }> {
  const admin = new Redis(first.url);
  let target = new URL(first.url);
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) sockets.add(socket.on("error", () => {}));
  });
  const control = createHttpServer((_request, response) => {
    target = new URL(next.url);
    const follow = admin.replicaof(target.hostname, Number(target.port));
    void follow.then(() => response.setHeader("Connection", "close").end());
  });
  onTestFinished(async () => {
    await admin.replicaof("NO", "ONE");
    admin.disconnect();
    for (const socket of sockets) socket.destroy();
    proxy.close();
    control.close();
  });
  return {
    url: `redis://127.0.0.1:${await portOf(proxy)}`,
    failOver: `http://127.0.0.1:${await portOf(control)}`,
  };
}

/** Speaks enough of the protocol for a client to begin, and hangs up on the first script. */
async function serverThatHangsUp(): Promise<{
  url: string;
  received: () => { text: string; connections: number };
}> {
  let text = "";
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      const said = chunk.toString();
      text += said;
      if (/EVALSHA/i.test(said) && connections === 1) return void socket.destroy();
      for (const [, count] of said.matchAll(/^\*(\d+)\r$/gm)) if (Number(count) > 0) socket.write("+OK\r\n");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `redis://127.0.0.1:${port}`, received: () => ({ text, connections }) };
}

describe.skipIf(postgres.url === "")(`postgres://${why(postgres)}`, () => {
  test.each(["pg", "postgres"])("takes %s where that is what is installed, and migrates", async (client) => {
    const environment = { SLUICE_STORE: postgres.url, NAMESPACE: namespace() };
    expect(await runWith([client], SPEND, environment)).toBe(SPENT);
  });

  test.each(["pg", "postgres"])(
    "a server that has fallen silent keeps no store of %s from closing",
    async (client) => {
      const { url, silence } = await proxyTo(postgres.url);
      const code = `
      import { storeFromEnv } from "sluice";
      const store = await storeFromEnv();
      await fetch(process.env.SILENCE);
      const asked = store.ping().catch(() => {});
      await store.close();
      console.log("closed");
      process.exit();`;
      expect(await runWith([client], code, { SLUICE_STORE: url, SILENCE: silence })).toBe("closed\n");
    },
  );

  test("connections of pg that died without a word are given up, and others are made", async () => {
    const { url, silence } = await proxyTo(postgres.url);
    const code = `
      import { storeFromEnv } from "sluice";
      const store = await storeFromEnv();
      const all = () => Promise.allSettled(Array.from({ length: 10 }, () => store.ping()));
      const print = (results) => console.log(...new Set(results.map(({ status }) => status)));
      print(await all());
      await fetch(process.env.SILENCE);
      print(await all());
      let results;
      do results = await all(); while (results.some(({ status }) => status === "rejected"));
      print(results);
      process.exit();`;
    const printed = await runWith(["pg"], code, { SLUICE_STORE: url, SILENCE: silence });
    expect(printed).toBe("fulfilled\nrejected\nfulfilled\n");
  });

  test("what cannot be migrated is told at once, without the password", async () => {
    const url = postgres.url.replace("sluice@", "nobody-here:hunter2@");
    const error: unknown = await storeFromEnv(url).catch((reason: unknown) => reason);
    expect(isSluiceError(error)).toBe(true);
    expect(inspect(error, { depth: Infinity })).not.toContain("hunter2");
  });
});
