import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { memoryStore, rateLimiter } from "sluice";
import { expect, onTestFinished, test, vi } from "vitest";
import { faultyStore, DOWN } from "../failure/faultyStore.ts";

/** What comes by a channel until the test ends. */
function heard(name: string): unknown[] {
  const messages: unknown[] = [];
  const note = (message: unknown) => void messages.push(message);
  subscribe(name, note);
  onTestFinished(() => void unsubscribe(name, note));
  return messages;
}

test("sluice:decision has the decisions of every limiter of the process", async () => {
  const before = rateLimiter({ limits: "1/m", name: "before" });
  const messages = heard("sluice:decision");
  const after = rateLimiter({ limits: "1/m", name: "after" });
  const decision = before.consumeSync("a");
  await after.consume("b");
  expect(messages).toEqual([
    { type: "decision", limiter: "before", decision, dryRun: false, latencyMs: expect.any(Number) },
    expect.objectContaining({ limiter: "after" }),
  ]);
});

test("a listener of the limiter hears besides", () => {
  const messages = heard("sluice:decision");
  const limiter = rateLimiter({ limits: "1/m" });
  const told: unknown[] = [];
  limiter.events.on("decision", (event) => told.push(event));
  limiter.consumeSync("a");
  expect(told).toHaveLength(1);
  expect(told[0]).toBe(messages[0]);
});

test("nothing is published when nobody subscribes any longer", () => {
  const limiter = rateLimiter({ limits: "1/m" });
  const messages: unknown[] = [];
  const note = (message: unknown) => void messages.push(message);
  subscribe("sluice:decision", note);
  limiter.consumeSync("a");
  unsubscribe("sluice:decision", note);
  expect(channel("sluice:decision").hasSubscribers).toBe(false);
  limiter.consumeSync("a");
  expect(messages).toHaveLength(1);
});

test("sluice:degraded, sluice:capacity and sluice:warning have theirs, once for each change", async () => {
  const [degraded, capacity, warnings] = ["degraded", "capacity", "warning"].map((type) =>
    heard(`sluice:${type}`),
  );
  const store = faultyStore();
  const failing = rateLimiter({ limits: "1/m", store, onEvent: () => {} });
  store.fault = DOWN;
  await failing.consume("a");
  await failing.consume("a");
  expect(degraded).toMatchObject([{ type: "degraded", degraded: "local" }]);
  const small = memoryStore({ maxKeys: 1 });
  const limiters = ["one", "other"].map((name) => rateLimiter({ limits: "1/m", store: small, name }));
  for (const limiter of limiters) limiter.events.on("capacity", () => {});
  limiters[0].consumeSync("a");
  limiters[0].consumeSync("b");
  await Promise.resolve();
  expect(capacity).toEqual([{ type: "capacity", degraded: "overflow", maxKeys: 1 }]);
  rateLimiter({ limits: "1/m", store: { ...memoryStore(), isShared: true }, onWarning: () => {} });
  expect(warnings).toMatchObject([{ type: "warning", code: "DEFAULT_NAMESPACE" }]);
});

test.each([
  ["no process", undefined],
  ["a process that does not know its modules", {}],
  ["no such module", { getBuiltinModule: () => undefined }],
])("where there is %s it goes without channels", async (_, process) => {
  vi.resetModules();
  vi.stubGlobal("process", process);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { EventStream } = await import("../../src/events/EventStream.ts");
  const events = new EventStream();
  expect(events.wantsDecisions).toBe(false);
  const told: unknown[] = [];
  events.on("warning", (event) => told.push(event));
  events.emit({ type: "warning", code: "A", message: "b" });
  expect(told).toHaveLength(1);
});
