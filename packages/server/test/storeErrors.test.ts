import { memoryStore, rateLimiter, type Store, StoreError } from "sluice";
import { manualClock } from "sluice/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { charge } from "../src/admin/charge.ts";
import { parseSource } from "../src/file/parseSource.ts";
import { readRules } from "../src/file/readRules.ts";
import { Metrics } from "../src/metrics/Metrics.ts";
import { answerRequest } from "../src/requests/answerRequest.ts";
import { makeRuleSet } from "../src/rules/RuleSet.ts";
import type { Context } from "../src/serve/Context.ts";
import { Log } from "../src/serve/Log.ts";
import { StoreState } from "../src/serve/StoreState.ts";
import { tellCapacity } from "../src/serve/tellCapacity.ts";

/** A context over a store that fails when told to, and what it says to people. */
function failing(
  error: () => unknown,
  file = "rules: [{ limits: 5/m, onStoreError: closed }]",
): { context: Context; complaints: string[]; reload: (file: string) => void } {
  const memory = memoryStore();
  const store: Store = {
    ...memory,
    prepare(plan) {
      const prepared = memory.prepare(plan);
      return {
        act: (...call) => prepared.act(...call),
        reset: (key) => prepared.reset(key),
        decide: async (...call) => {
          const thrown = error();
          if (thrown !== undefined) throw thrown;
          return prepared.decide(...call);
        },
      };
    },
  };
  const complaints: string[] = [];
  const log = new Log(
    () => {},
    (line) => complaints.push(line),
  );
  const metrics = new Metrics();
  const state = new StoreState(store, metrics, log);
  const listeners = { onWarning: () => {}, onEvent: state.hear };
  const make = (text: string) =>
    makeRuleSet(readRules("limits.yaml", parseSource("limits.yaml", text)), store, listeners);
  let rules = make(file);
  const context = {
    rules: () => rules,
    trusts: () => false,
    metrics,
    log,
    store: state,
  };
  return { context, complaints, reload: (text) => void (rules = make(text)) };
}

const REQUEST = {
  method: "GET",
  target: "/secret",
  remoteAddress: "127.0.0.1",
  header: () => undefined,
  headerLines: () => 0,
};

function ask(context: Context, target = "/secret") {
  return answerRequest(context, { ...REQUEST, target, native: {} });
}

/** Time stands still, and goes on when told to. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

test("a store that fails is 503 with the problem and Retry-After, is counted, and is told once", async () => {
  stopTime();
  let error: unknown = new StoreError("STORE_FAILED", "the disk is full");
  const { context, complaints } = failing(() => error);
  const reply = await ask(context);
  await ask(context);
  expect(reply.status).toBe(503);
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    "Retry-After": "1",
    "Cache-Control": "no-store",
    "Content-Type": "application/problem+json",
  });
  expect(JSON.parse(reply.body)).toMatchObject({
    type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
    status: 503,
  });
  error = undefined;
  vi.advanceTimersByTime(1000);
  expect((await ask(context)).status).toBe(200);
  expect(complaints).toEqual([
    expect.stringContaining("the disk is full"),
    expect.stringContaining("answers again"),
  ]);
  const metrics = await context.metrics.registry.metrics();
  expect(metrics).toContain('sluice_store_errors_total{policy="closed"} 2');
  expect(metrics).toContain('sluice_requests_total{rule="* /**",outcome="store-error"} 2');
});

test("by default limits go on in this process while the store fails", async () => {
  const { context } = failing(
    () => new StoreError("STORE_FAILED", "the disk is full"),
    "rules: [{ limits: 2/d }]",
  );
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await ask(context)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect(await context.metrics.registry.metrics()).toContain('sluice_store_errors_total{policy="local"} 3');
});

test("while the store fails, no reload and no other limits give out limits anew", async () => {
  const error = new StoreError("STORE_FAILED", "the disk is full");
  const { context, reload } = failing(() => error, "rules: [{ limits: 2/d }]");
  const consume = async (limits: string) =>
    (await charge(context.rules(), { limits, key: "a" })).decision?.remaining;
  const found = [(await ask(context)).status, (await ask(context)).status];
  expect([await consume("9/d"), await consume("9/d")]).toEqual([8, 7]);
  for (let i = 0; i < 1000; i++) await consume(`${i + 10}/d`);
  reload("rules: [{ limits: 2/d }] # touched");
  found.push((await ask(context)).status);
  expect(found).toEqual([200, 200, 429]);
  expect(await consume("9/d")).toBe(6);
});

test("a store error that is thrown is 503 too", async () => {
  const file = "onStoreError: throw\nrules: [{ limits: 2/d }]";
  const { context } = failing(() => new StoreError("STORE_FAILED", "the disk is full"), file);
  expect((await ask(context)).status).toBe(503);
  expect(await context.metrics.registry.metrics()).toContain('sluice_store_errors_total{policy="throw"} 1');
});

test("each outage is told, and each end of one, whichever rule finds out", async () => {
  stopTime();
  let error: unknown;
  const file = "rules: [{ path: /a, limits: 99/h }, { path: /b, limits: 99/h }]";
  const { context, complaints } = failing(() => error, file);
  const told = async (path: string) => {
    vi.advanceTimersByTime(1000);
    await ask(context, path);
    return complaints.splice(0);
  };
  expect(await told("/a")).toEqual([]);
  for (const path of ["/b", "/b", "/a"]) {
    error = new StoreError("STORE_FAILED", "the disk is full");
    expect(await told("/a")).toEqual([expect.stringContaining("the store fails (local)")]);
    expect(await told("/b")).toEqual([]);
    error = undefined;
    expect(await told(path)).toEqual(["sluice: the store answers again"]);
    expect(await told(path)).toEqual([]);
  }
});

test("while decisions are degraded the server is not healthy, though the store answers", async () => {
  stopTime();
  let error: unknown = new StoreError("STORE_FAILED", "OOM command not allowed");
  const { context } = failing(() => error);
  expect(await context.store.isHealthy()).toBe(true);
  await ask(context);
  expect(await context.store.isHealthy()).toBe(false);
  error = undefined;
  await ask(context);
  expect(await context.store.isHealthy()).toBe(true);
});

test("a server that gets no requests because it was not healthy is asked again after ten seconds", async () => {
  stopTime();
  const { context } = failing(() => new StoreError("STORE_FAILED", "OOM command not allowed"));
  await ask(context);
  vi.advanceTimersByTime(9999);
  expect(await context.store.isHealthy()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await context.store.isHealthy()).toBe(true);
});

test("a record that cannot be read, where all others can, is no outage", async () => {
  stopTime();
  let error: unknown;
  const { context, complaints } = failing(() => error);
  await ask(context);
  error = new StoreError("UNKNOWN_RECORD_VERSION", "the record is of a newer version");
  await ask(context);
  expect(complaints).toEqual([expect.stringContaining("UNKNOWN_RECORD_VERSION")]);
  expect(await context.store.isHealthy()).toBe(true);
});

test("who is on a deny list tells nothing of the store", async () => {
  stopTime();
  const error = new StoreError("STORE_FAILED", "the disk is full");
  const file = 'rules: [{ path: /a, limits: 9/h, deny: { addresses: ["127.0.0.1"] } }, { limits: 9/h }]';
  const { context, complaints } = failing(() => error, file);
  await ask(context);
  vi.advanceTimersByTime(1000);
  expect((await ask(context, "/a")).status).toBe(403);
  expect(complaints).toEqual([expect.stringContaining("the store fails")]);
  expect(await context.store.isHealthy()).toBe(false);
});

test("a memory store that is full is told, and that it has room again", async () => {
  const clock = manualClock();
  const store = memoryStore({ maxKeys: 64, clock });
  const complaints: string[] = [];
  tellCapacity(
    store,
    new Log(
      () => {},
      (line) => complaints.push(line),
    ),
  );
  const limiter = rateLimiter({ limits: "5/s", store });
  for (let i = 0; i < 100; i++) await limiter.consume(`early ${i}`);
  expect(complaints).toEqual([expect.stringContaining("is full: 64 keys")]);
  clock.advance("1h");
  for (let i = 0; i < 30; i++) await limiter.consume(`late ${i}`);
  expect(complaints).toEqual([expect.anything(), expect.stringContaining("has room again")]);
});

test("a fault of the program is 500, tells the client nothing, and is logged once", async () => {
  const { context, complaints } = failing(() => undefined);
  const broken = {
    ...context,
    rules: () => {
      throw new TypeError("x is not a function");
    },
  };
  const reply = await ask(broken);
  await ask(broken);
  expect(reply.status).toBe(500);
  expect(JSON.parse(reply.body)).toEqual({
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
  });
  expect(complaints.filter((line) => line.includes("internal error: TypeError"))).toHaveLength(1);
});
