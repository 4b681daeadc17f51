import { memoryStore, type Store, StoreError } from "sluice";
import { expect, onTestFinished, test, vi } from "vitest";
import { readRules } from "../src/file/readRules.ts";
import { Metrics } from "../src/metrics/Metrics.ts";
import { answerRequest } from "../src/requests/answerRequest.ts";
import { makeRuleSet } from "../src/rules/RuleSet.ts";
import type { Context } from "../src/serve/Context.ts";
import { Log } from "../src/serve/Log.ts";
import { StoreState } from "../src/serve/StoreState.ts";

/** A context over a store that fails when told to, and what it says to people. */
function failing(
  error: () => unknown,
  file = "rules: [{ limits: 5/m, onStoreError: closed }]",
): { context: Context; complaints: string[] } {
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
  const rules = makeRuleSet(readRules("limits.yaml", file), store, listeners);
  const context = {
    rules: () => rules,
    trusts: () => false,
    metrics,
    log,
    store: state,
  };
  return { context, complaints };
}

const REQUEST = {
  method: "GET",
  target: "/secret",
  remoteAddress: "127.0.0.1",
  header: () => undefined,
  headerLines: () => 0,
};

function ask(context: Context) {
  return answerRequest(context, { ...REQUEST, native: {} });
}

test("a store that fails is 503 with the problem and Retry-After, is counted, and is told once", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
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

test("a store error that is thrown is 503 too", async () => {
  const file = "onStoreError: throw\nrules: [{ limits: 2/d }]";
  const { context } = failing(() => new StoreError("STORE_FAILED", "the disk is full"), file);
  expect((await ask(context)).status).toBe(503);
  expect(await context.metrics.registry.metrics()).toContain('sluice_store_errors_total{policy="throw"} 1');
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
