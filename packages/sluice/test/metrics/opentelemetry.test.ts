import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { fixedWindow, memoryStore, rateLimiter, type Store } from "sluice";
import { opentelemetry } from "sluice/opentelemetry";
import { manualClock } from "sluice/testing";
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { Redis } from "ioredis";
import { redisStore } from "sluice/redis";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { strict } from "../redis/strict.ts";

afterEach(() => void vi.useRealTimers());

const two = fixedWindow({ limit: 2, window: "1h", name: "hour" });
const stillStore = (): ReturnType<typeof memoryStore> => memoryStore({ clock: manualClock() });

/** A meter, and what it has measured until now. */
function metering() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 31 - 1 });
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  const read = async (name: string): Promise<MetricData | undefined> => {
    await provider.forceFlush();
    const [scope] = exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
    return scope?.metrics.find(({ descriptor }) => descriptor.name === name);
  };
  return { meter: provider.getMeter("sluice"), read };
}

describe("metrics", () => {
  test("decisions are counted by limiter, limit and outcome, and never by key", async () => {
    const { meter, read } = metering();
    const limiter = rateLimiter({ limits: two, store: stillStore(), name: "api" });
    opentelemetry(limiter, { meter });
    for (let i = 0; i < 5; i++) limiter.consumeSync("secret-key");
    const decisions = await read("sluice.decisions");
    expect(decisions?.descriptor).toMatchObject({ unit: "{decision}", type: "COUNTER" });
    expect(decisions?.dataPoints.map(({ attributes, value }) => [attributes, value])).toEqual([
      [{ "sluice.limiter": "api", "sluice.outcome": "allowed" }, 2],
      [{ "sluice.limiter": "api", "sluice.outcome": "limited", "sluice.limit": "hour" }, 3],
    ]);
    expect(JSON.stringify(decisions)).not.toContain("secret-key");
  });

  test("the time of the store is a histogram in seconds, for calls that asked it", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { meter, read } = metering();
    const clock = manualClock();
    const slow = () => (vi.advanceTimersByTime(3), clock());
    const limiter = rateLimiter({ limits: two, store: memoryStore({ clock: slow }) });
    opentelemetry(limiter, { meter });
    limiter.consumeSync("a");
    const duration = await read("sluice.store.duration");
    expect(duration?.descriptor).toMatchObject({ unit: "s", type: "HISTOGRAM" });
    expect(duration?.dataPoints).toMatchObject([
      {
        attributes: { "sluice.limiter": "default" },
        value: {
          count: 1,
          sum: 0.003,
          buckets: {
            boundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
          },
        },
      },
    ]);
  });

  test("what answered in place of the store is an attribute", async () => {
    const { meter, read } = metering();
    const store = faultyStore();
    store.fault = DOWN;
    const limiter = rateLimiter({ limits: two, store, onEvent: () => {} });
    opentelemetry(limiter, { meter });
    await limiter.consume("a");
    expect((await read("sluice.decisions"))?.dataPoints).toMatchObject([
      { attributes: { "sluice.outcome": "allowed", "sluice.degraded": "local" }, value: 1 },
    ]);
  });

  test("the counting ends when it is ended", async () => {
    const { meter, read } = metering();
    const limiter = rateLimiter({ limits: two });
    const end = opentelemetry(limiter, { meter });
    limiter.consumeSync("a");
    end();
    limiter.consumeSync("a");
    expect((await read("sluice.decisions"))?.dataPoints).toMatchObject([{ value: 1 }]);
  });
});

describe("spans", () => {
  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    return () => context.disable();
  });

  function tracing() {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    onTestFinished(() => provider.shutdown());
    return { tracer: provider.getTracer("sluice"), spans: () => exporter.getFinishedSpans() };
  }

  /** Decides within a span of the application, and tells what there was then. */
  async function within({ tracer, spans }: ReturnType<typeof tracing>, decide: () => Promise<unknown>) {
    const parent = tracer.startSpan("GET /");
    await context.with(trace.setSpan(context.active(), parent), decide);
    parent.end();
    return { parent: parent.spanContext(), made: spans().filter(({ name }) => name !== "GET /") };
  }

  test("each decision has one within the span that is active, and it never holds the key", async () => {
    const traced = tracing();
    const limiter = rateLimiter({ limits: two, store: stillStore(), name: "api" });
    opentelemetry(limiter, { tracer: traced.tracer });
    const { parent, made } = await within(traced, async () => {
      for (let i = 0; i < 3; i++) await limiter.consume("secret-key");
    });
    expect(made.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["sluice.decide", { "sluice.limiter": "api", "sluice.outcome": "allowed" }],
      ["sluice.decide", { "sluice.limiter": "api", "sluice.outcome": "allowed" }],
      ["sluice.decide", { "sluice.limiter": "api", "sluice.outcome": "limited", "sluice.limit": "hour" }],
    ]);
    for (const { parentSpanContext } of made) expect(parentSpanContext?.spanId).toBe(parent.spanId);
    expect(
      JSON.stringify(made.map(({ attributes, events, name }) => [attributes, events, name])),
    ).not.toContain("secret-key");
  });

  test("it lasts as long as the store took", async () => {
    vi.useFakeTimers({ toFake: ["performance", "Date"] });
    const traced = tracing();
    const memory = memoryStore();
    const store: Store = {
      ...memory,
      prepare(plan) {
        const prepared = memory.prepare(plan);
        return {
          act: (...call) => prepared.act(...call),
          reset: (...keys) => prepared.reset(...keys),
          async decide(...call) {
            vi.advanceTimersByTime(40);
            return prepared.decide(...call);
          },
        };
      },
    };
    const limiter = rateLimiter({ limits: two, store });
    opentelemetry(limiter, { tracer: traced.tracer });
    const before = Date.now();
    const { made } = await within(traced, () => limiter.consume("a"));
    expect(made[0].duration).toEqual([0, 40_000_000]);
    expect(made[0].startTime).toEqual([Math.floor(before / 1000), (before % 1000) * 1_000_000]);
  });

  test("calls that travel together to a server keep their own parents", async () => {
    const client = new Redis(inject("redis").url, {
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
    });
    onTestFinished(() => client.disconnect());
    const traced = tracing();
    const store = redisStore(client, { onWarning: () => {} });
    const limiter = rateLimiter({
      limits: two,
      store,
      namespace: `spans ${process.pid} ${Date.now()}`,
      ...strict,
    });
    opentelemetry(limiter, { tracer: traced.tracer });
    const [one, other] = ["one", "other"].map((name) => traced.tracer.startSpan(name));
    await Promise.all(
      [one, other].map((span) =>
        context.with(trace.setSpan(context.active(), span), () => limiter.consume("a")),
      ),
    );
    expect(traced.spans().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      one.spanContext().spanId,
      other.spanContext().spanId,
    ]);
  });
});

test("what is no meter and no tracer is refused", () => {
  const limiter = rateLimiter({ limits: two });
  expect(() => opentelemetry(limiter, { meter: {} as never })).toThrow(
    "opentelemetry meter must have createCounter",
  );
  expect(() => opentelemetry(limiter, { tracer: {} as never })).toThrow(
    "opentelemetry tracer must have startSpan",
  );
});

test("half a meter is refused", () => {
  const limiter = rateLimiter({ limits: two });
  const meter = { createCounter: () => ({ add: () => {} }) } as never;
  expect(() => opentelemetry(limiter, { meter })).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: "opentelemetry meter must have createHistogram, and is an object with keys createCounter",
      path: "meter",
      value: meter,
    }),
  );
});
