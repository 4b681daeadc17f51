import * as client from "prom-client";
import { eventStream, fixedWindow, memoryStore, rateLimiter } from "sluice";
import { prometheus } from "sluice/prometheus";
import { manualClock } from "sluice/testing";
import { afterEach, expect, test, vi } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";

afterEach(() => {
  vi.useRealTimers();
  client.register.clear();
});

const two = fixedWindow({ limit: 2, window: "1h", name: "hour" });

/** What Prometheus would read, without the lines that explain. */
async function read(register: client.Registry): Promise<string[]> {
  return (await register.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("decisions are counted by limiter, limit and outcome, and never by key", async () => {
  const register = new client.Registry();
  const events = eventStream();
  const store = memoryStore({ clock: manualClock() });
  const api = rateLimiter({ limits: [two, "100/s"], store, events, name: "api" });
  const mail = rateLimiter({ limits: two, store, events, name: "mail" });
  prometheus(events, { client, register });
  for (let i = 0; i < 5; i++) await api.consume("secret-key");
  mail.consumeSync("secret-key");
  const lines = await read(register);
  expect(lines.filter((line) => line.startsWith("sluice_decisions_total"))).toEqual([
    'sluice_decisions_total{limiter="api",limit="",outcome="allowed",degraded=""} 2',
    'sluice_decisions_total{limiter="api",limit="hour",outcome="limited",degraded=""} 3',
    'sluice_decisions_total{limiter="mail",limit="",outcome="allowed",degraded=""} 1',
  ]);
  expect(lines.join()).not.toContain("secret-key");
});

test("the time of the store is in seconds, for calls that asked it", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const register = new client.Registry();
  const clock = manualClock();
  const slow = () => (vi.advanceTimersByTime(3), clock());
  const limiter = rateLimiter({ limits: two, store: memoryStore({ clock: slow }) });
  prometheus(limiter, { client, register });
  limiter.consumeSync("a");
  const lines = await read(register);
  expect(lines).toContain('sluice_store_duration_seconds_bucket{le="0.0025",limiter="default"} 0');
  expect(lines).toContain('sluice_store_duration_seconds_bucket{le="0.005",limiter="default"} 1');
  expect(lines).toContain('sluice_store_duration_seconds_sum{limiter="default"} 0.003');
  expect(lines).toContain('sluice_store_duration_seconds_count{limiter="default"} 1');
});

test("what answered in place of the store is a label", async () => {
  const register = new client.Registry();
  const store = faultyStore();
  store.fault = DOWN;
  const limiter = rateLimiter({ limits: two, store, onEvent: () => {} });
  prometheus(limiter, { client, register });
  await limiter.consume("a");
  expect(await read(register)).toContain(
    'sluice_decisions_total{limiter="default",limit="",outcome="allowed",degraded="local"} 1',
  );
});

test("two limiters may count in one registry, the global one by default", async () => {
  const one = rateLimiter({ limits: two, name: "one" });
  const other = rateLimiter({ limits: two, name: "other" });
  prometheus(one, { client });
  const stop = prometheus(other, { client });
  one.consumeSync("a");
  other.consumeSync("a");
  stop();
  other.consumeSync("a");
  expect((await read(client.register)).filter((line) => line.startsWith("sluice_decisions_total"))).toEqual([
    'sluice_decisions_total{limiter="one",limit="",outcome="allowed",degraded=""} 1',
    'sluice_decisions_total{limiter="other",limit="",outcome="allowed",degraded=""} 1',
  ]);
});

test("what is not prom-client is refused", () => {
  const limiter = rateLimiter({ limits: two });
  expect(() => prometheus(limiter, {} as never)).toThrow(
    "prometheus client must be the module prom-client, not undefined",
  );
  expect(() => prometheus(limiter, { client, registry: client.register } as never)).toThrow(
    'prometheus has no option "registry"; did you mean "register"?',
  );
});

test("what is no registry is refused, and so is half a client", () => {
  const limiter = rateLimiter({ limits: two });
  const half = { getSingleMetric: () => undefined };
  for (const register of [{}, null, "global", half] as never[]) {
    expect(() => prometheus(limiter, { client, register })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", path: "register", value: register }),
    );
  }
  expect(() => prometheus(limiter, { client, register: {} as never })).toThrow(
    "prometheus register must be a Registry of prom-client, not an object with keys (none)",
  );
  const { Histogram: _none, ...counters } = client;
  expect(() => prometheus(limiter, { client: counters as never })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", path: "client", value: counters }),
  );
});
