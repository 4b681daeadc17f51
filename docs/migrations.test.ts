import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import plugin from "@fastify/rate-limit";
import createExpress, { type RequestHandler } from "express";
import * as express from "express-rate-limit";
import fastify, { type FastifyInstance } from "fastify";
import { Ratelimit, type RatelimitConfig } from "@upstash/ratelimit";
import { Redis } from "ioredis";
import { fixedWindow, type HeaderStyle, rateLimiter, slidingWindow } from "sluice";
import { rateLimit } from "sluice/express";
import { rateLimit as fastifyRateLimit } from "sluice/fastify";
import { redisStore } from "sluice/redis";
import { expect, inject, onTestFinished, test } from "vitest";

const root = new URL("../", import.meta.url);
const folder = new URL("node_modules/.cache/sluice-migrations/", root);
mkdirSync(folder, { recursive: true });

/** The first two blocks of a page: what one had, and what one has then. */
async function beforeAndAfter<T>(page: string): Promise<{ before: T; after: T }> {
  const text = readFileSync(new URL(`docs/${page}.md`, root), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
  const load = async (code: string, name: string): Promise<T> => {
    const file = new URL(`${page}-${name}.ts`, folder);
    writeFileSync(file, `${code}\nexport {};\n`);
    return (await import(/* @vite-ignore */ fileURLToPath(file))) as T;
  };
  return { before: await load(blocks[0], "before"), after: await load(blocks[1], "after") };
}

/** Asks a server that runs until the test ends. */
async function asking(
  listener: RequestListener,
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

type Ask = Awaited<ReturnType<typeof asking>>;

async function statuses(ask: Ask, path: string, calls: number, init?: RequestInit): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < calls; i++) found.push((await ask(path, init)).status);
  return found;
}

const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
const withKey = { headers: { "x-api-key": "a" } };

test("express-rate-limit: both blocks answer the same requests alike", async () => {
  const { before, after } = await beforeAndAfter<{ app: RequestListener }>("from-express-rate-limit");
  for (const { app } of [before, after]) {
    const ask = await asking(app);
    expect(await statuses(ask, "/health", 5)).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(ask, "/towns", 4, from("203.0.113.9"))).toEqual([200, 200, 200, 429]);
    expect(await statuses(ask, "/towns", 4, withKey)).toEqual([200, 200, 200, 429]);
    expect(await statuses(ask, "/towns", 1, from("203.0.113.10"))).toEqual([200]);
    const refused = await ask("/towns", from("203.0.113.9"));
    expect(refused.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await refused.json()).toEqual({ error: "slow down" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(refused.headers.has("ratelimit")).toBe(true);
    expect(refused.headers.has("ratelimit-policy")).toBe(true);
  }
});

test("@fastify/rate-limit: both blocks answer the same requests alike", async () => {
  const { before, after } = await beforeAndAfter<{ app: FastifyInstance }>("from-fastify-rate-limit");
  for (const { app } of [before, after]) {
    await app.ready();
    const ask = await asking(app.routing.bind(app));
    expect(await statuses(ask, "/health", 5)).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(ask, "/towns", 4, from("203.0.113.9"))).toEqual([200, 200, 200, 429]);
    expect(await statuses(ask, "/towns", 4, from("203.0.113.10"))).toEqual([200, 200, 200, 429]);
    expect(await statuses(ask, "/towns", 5, from("10.0.0.9"))).toEqual([200, 200, 200, 200, 200]);
    const login = { method: "POST", ...from("203.0.113.11") };
    expect(await statuses(ask, "/login", 2, login)).toEqual([200, 429]);
    expect(await statuses(ask, "/towns", 1, from("203.0.113.11"))).toEqual([200]);
    const refused = await ask("/towns", from("203.0.113.9"));
    expect(refused.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await refused.json()).toMatchObject({ statusCode: 429, error: "slow down" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
  }
});

test("@fastify/rate-limit does not count 404s, Sluice does", async () => {
  const { before, after } = await beforeAndAfter<{ app: FastifyInstance }>("from-fastify-rate-limit");
  const found = [];
  for (const { app } of [before, after]) {
    await app.ready();
    const ask = await asking(app.routing.bind(app));
    found.push(await statuses(ask, "/nowhere", 4, from("203.0.113.12")));
  }
  expect(found).toEqual([
    [404, 404, 404, 404],
    [404, 404, 404, 429],
  ]);
});

const FIELDS = /^(?:x-)?ratelimit|^retry-after$/;

/** The fields of three answers, with the seconds taken out, of which some may pass meanwhile. */
async function fieldsOf(ask: Ask): Promise<string[]> {
  const found: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { headers } = await ask("/");
    const fields = [...headers].filter(([name]) => FIELDS.test(name));
    found.push(...fields.map(([name, value]) => `${name}: ${value.replaceAll(/\d{2,}/g, "n")}`).toSorted());
  }
  expect(found.length).toBeGreaterThan(6);
  return found;
}

const twoAMinute = fixedWindow({ limit: 2, window: "1m", anchor: "first-call" });

test.each<[string, Partial<express.Options>, HeaderStyle]>([
  ["draft 6", { standardHeaders: "draft-6", legacyHeaders: false }, "draft-6"],
  ["draft 7", { standardHeaders: "draft-7", legacyHeaders: false }, "draft-7"],
  [
    "X-RateLimit with seconds since the epoch",
    { legacyHeaders: true },
    {
      limit: "x-ratelimit-limit",
      remaining: "x-ratelimit-remaining",
      reset: "x-ratelimit-reset",
      resetAs: "unix",
    },
  ],
])("express-rate-limit: the fields of %s are the same", async (_, theirs, headers) => {
  const serve = (limit: RequestHandler) =>
    asking(
      createExpress()
        .use(limit)
        .get("/", (_request, response) => void response.send("hello")),
    );
  const before = await serve(express.rateLimit({ windowMs: 60_000, limit: 2, ...theirs }));
  const after = await serve(rateLimit({ limits: twoAMinute, headers }));
  expect(await fieldsOf(after)).toEqual(await fieldsOf(before));
});

test.each<[string, boolean, HeaderStyle]>([
  ["X-RateLimit", false, "legacy"],
  [
    "enableDraftSpec",
    true,
    { limit: "ratelimit-limit", remaining: "ratelimit-remaining", reset: "ratelimit-reset" },
  ],
])("@fastify/rate-limit: the fields of %s are the same", async (_, enableDraftSpec, headers) => {
  const before = fastify();
  await before.register(plugin, { max: 2, timeWindow: "1 minute", enableDraftSpec });
  const after = fastify();
  await after.register(fastifyRateLimit, { limits: twoAMinute, headers });
  const fields = [];
  for (const app of [before, after]) {
    app.get("/", async () => "hello");
    await app.ready();
    fields.push(await fieldsOf(await asking(app.routing.bind(app))));
  }
  expect(fields[1]).toEqual(fields[0]);
});

interface Spending {
  spend(key: string, points: number): Promise<{ allowed: boolean; remaining: number }>;
}

test("rate-limiter-flexible: both blocks answer alike, but for what a refusal costs", async () => {
  const { before, after } = await beforeAndAfter<Spending>("from-rate-limiter-flexible");
  for (const { spend } of [before, after]) {
    expect(await spend("a", 3)).toEqual({ allowed: true, remaining: 2 });
    expect(await spend("a", 2)).toEqual({ allowed: true, remaining: 0 });
    expect(await spend("a", 1)).toEqual({ allowed: false, remaining: 0 });
    expect(await spend("b", 3)).toEqual({ allowed: true, remaining: 2 });
  }
  expect(await before.spend("b", 4)).toEqual({ allowed: false, remaining: 0 });
  expect(await after.spend("b", 4)).toEqual({ allowed: false, remaining: 2 });
});

const { url, note } = inject("redis");

/** What @upstash/ratelimit asks of its client, over TCP in place of HTTP. */
function overTcp(client: Redis): RatelimitConfig["redis"] {
  const over = {
    evalsha: () => Promise.reject(new Error("NOSCRIPT")),
    eval: (script: string, keys: string[], args: (string | number)[]) =>
      client.eval(script.replace(/^#!.*\n/, ""), keys.length, ...keys, ...args),
  };
  return over as unknown as RatelimitConfig["redis"];
}

const skipped = url === "" ? ` (skipped: ${note})` : "";

test.skipIf(url === "")(`@upstash/ratelimit charges what it refuses, Sluice does not${skipped}`, async () => {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  const setting = { limit: 10, window: "366d" } as const;
  const theirs = { fixed: Ratelimit.fixedWindow(10, "366 d"), sliding: Ratelimit.slidingWindow(10, "366 d") };
  const ours = { fixed: fixedWindow(setting), sliding: slidingWindow(setting) };
  for (const kind of ["fixed", "sliding"] as const) {
    const key = `${kind}-${Date.now()}`;
    const before = new Ratelimit({ redis: overTcp(client), limiter: theirs[kind], ephemeralCache: false });
    expect(await before.limit(key, { rate: 8 })).toMatchObject({ success: true, remaining: 2 });
    expect(await before.limit(key, { rate: 5 })).toMatchObject({ success: false });
    expect(await before.limit(key, { rate: 2 })).toMatchObject({ success: false });

    const after = rateLimiter({
      namespace: "migrations",
      name: key,
      limits: ours[kind],
      store: redisStore(client, { onWarning: () => {} }),
      onStoreError: "throw",
      timeoutMs: 30_000,
    });
    expect(await after.consume(key, { cost: 8 })).toMatchObject({ allowed: true, remaining: 2 });
    expect(await after.consume(key, { cost: 5 })).toMatchObject({ allowed: false, remaining: 2 });
    expect(await after.consume(key, { cost: 2 })).toMatchObject({ allowed: true, remaining: 0 });
  }
});

test("@upstash/ratelimit lets a call pass when its Redis is silent", async () => {
  const silent = { evalsha: () => new Promise(() => {}) } as unknown as RatelimitConfig["redis"];
  const before = new Ratelimit({ redis: silent, limiter: Ratelimit.slidingWindow(1, "1 m"), timeout: 5 });
  expect(await before.limit("a")).toMatchObject({ success: true, reason: "timeout" });
});
