import { createServer, request } from "node:http";
import { once } from "node:events";
import { fixedWindow, memoryStore, rateLimiter } from "sluice";
import { rateLimit } from "sluice/node";
import { manualClock } from "sluice/testing";
import { expect, test } from "vitest";
import { listen } from "../adapters/exchange.ts";
import { testGuard } from "../guard/ask.ts";

test.each([
  ["10/s", 1000],
  ["10/m", 60_000],
  ["10/h", 3_600_000],
  ["10/d", 86_400_000],
  ["10 per 31 days", 31 * 86_400_000],
] as const)("S3.10, S3.11, S3.12: a rule of %s lets ten pass in that time", async (limits, windowMs) => {
  const guarded = testGuard({ rules: [{ path: "/towns", limits }] });
  expect(await guarded.admits("GET /towns")).toBe(10);
  expect((await guarded.ask("GET /towns")).decided[0].decision.limits[0].windowMs).toBe(windowMs);
});

test('S3.13, S3.18: group "default" reaches only those who have no other, no group reaches everybody', async () => {
  const guarded = testGuard({
    rules: [
      { group: "default", limits: "2/m" },
      { path: "/all", limits: "5/m" },
    ],
  });
  expect(await guarded.admits("GET /")).toBe(2);
  expect(await guarded.admits("GET /", { key: "bob", group: "admin" })).toBe(100);
  expect(await guarded.admits("GET /all", { key: "bob", group: "admin" })).toBe(5);
});

test("S3.20: three units in one rule all apply together", async () => {
  const limits = [
    fixedWindow({ limit: 4, window: "1d", name: "day" }),
    fixedWindow({ limit: 3, window: "1m", name: "minute" }),
    fixedWindow({ limit: 2, window: "1s", name: "second" }),
  ];
  const guarded = testGuard({ rules: [{ limits }] });
  const violated = async () => JSON.parse((await guarded.ask("GET /")).reply!.body)["violated-policies"];
  expect(await guarded.admits("GET /")).toBe(2);
  expect(await violated()).toEqual(["second"]);
  guarded.clock.advance(1000);
  expect(await guarded.admits("GET /")).toBe(1);
  expect(await violated()).toEqual(["minute"]);
  guarded.clock.advance(60_000);
  expect(await guarded.admits("GET /")).toBe(1);
  expect(await violated()).toEqual(["day"]);
});

test("S3.32: the memory store is the default, and its own", async () => {
  const store = memoryStore({ clock: manualClock() });
  const limiter = rateLimiter({ limits: "1/m", store });
  expect(limiter.consumeSync("a").allowed).toBe(true);
  expect(limiter.consumeSync("a").allowed).toBe(false);
  expect(rateLimiter({ limits: "1/m" }).consumeSync("a").allowed).toBe(true);
});

test.each([
  ["a pattern that is none", { rules: [{ path: "/towns/(.*", limits: "1/m" }] }, "INVALID_PATTERN"],
  ["an identity source that is none", { limits: "1/m", identify: "client_ip" }, "INVALID_OPTION"],
  ["a store that is none", { limits: "1/m", store: "redis://localhost" }, "INVALID_OPTION"],
])("S3.49: %s is refused at construction", (_what, options, code) => {
  expect(() => rateLimit(options as never)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", code }) as Error,
  );
});

test("S3.50: an upgrade to WebSocket passes untouched, and is not counted", async () => {
  const limited = rateLimit({ limits: "1/m" });
  const server = createServer(limited((_request, response) => response.end("hello")));
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  });
  const { port, send } = await listen(server);
  for (let i = 0; i < 3; i++) {
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    const outgoing = request({ port, host: "127.0.0.1", headers }).end();
    const [response, socket] = await once(outgoing, "upgrade");
    expect([response.statusCode, response.headers.ratelimit]).toEqual([101, undefined]);
    socket.destroy();
  }
  expect([(await send()).status, (await send()).status]).toEqual([200, 429]);
});
