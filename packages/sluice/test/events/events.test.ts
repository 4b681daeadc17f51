import { Redis } from "ioredis";
import {
  ConfigurationError,
  type DecisionEvent,
  eventStream,
  fixedWindow,
  type LimiterEvent,
  memoryStore,
  rateLimiter,
  type SluiceEvent,
  type Store,
  tokenBucket,
  type Warning,
} from "sluice";
import { manualClock } from "sluice/testing";
import { afterEach, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { redisStore } from "sluice/redis";
import { until } from "../../../../test/services/until.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { strict } from "../redis/strict.ts";
import { noUnhandledRejections } from "../faults/noUnhandledRejections.ts";

noUnhandledRejections();
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** All that a stream tells, in order. */
function heard(events: Pick<ReturnType<typeof eventStream>, "on">): SluiceEvent[] {
  const told: SluiceEvent[] = [];
  for (const type of ["decision", "degraded", "capacity", "warning", "config"] as const)
    events.on(type, (event) => told.push(event));
  return told;
}

const limits = fixedWindow({ limit: 2, window: "1h" });

/** A store that takes so many milliseconds of a faked clock for each call. */
function slowStore(ms: number): Store {
  const memory = memoryStore();
  return {
    ...memory,
    prepare(plan) {
      const prepared = memory.prepare(plan);
      return {
        act: (...call) => prepared.act(...call),
        reset: (...keys) => prepared.reset(...keys),
        async decide(...call) {
          vi.advanceTimersByTime(ms);
          return prepared.decide(...call);
        },
      };
    },
  };
}

describe("decisions", () => {
  test("each is told once, with the name of the limiter, before it is answered", async () => {
    const limiter = rateLimiter({ limits, name: "api" });
    const told: DecisionEvent[] = [];
    limiter.events.on("decision", (event) => told.push(event));
    const first = limiter.consumeSync("a");
    expect(told).toEqual([
      { type: "decision", limiter: "api", decision: first, dryRun: false, latencyMs: expect.any(Number) },
    ]);
    const second = await limiter.consume("a");
    await expect(limiter.acquire("a")).rejects.toThrow("rate limit exceeded");
    expect(told.map(({ decision }) => decision).slice(0, 2)).toEqual([first, second]);
    expect(told.map(({ decision: { allowed } }) => allowed)).toEqual([true, true, false]);
  });

  test("looks and resets are not told", async () => {
    const limiter = rateLimiter({ limits });
    const told = heard(limiter.events);
    limiter.peekSync("a");
    await limiter.peek("a");
    await limiter.reset("a");
    expect(told).toEqual([]);
  });

  test("a wrong argument is thrown and not told", () => {
    const limiter = rateLimiter({ limits });
    const told = heard(limiter.events);
    expect(() => limiter.consumeSync("")).toThrow(ConfigurationError);
    expect(told).toEqual([]);
  });

  test("the latency is what the store took", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const limiter = rateLimiter({ limits, store: slowStore(7) });
    const told = heard(limiter.events);
    await limiter.consume("a");
    expect(told).toMatchObject([{ latencyMs: 7 }]);
  });

  test("calls at once each have a latency of their own", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const limiter = rateLimiter({ limits, store: slowStore(5) });
    const told = heard(limiter.events);
    await Promise.all([limiter.consume("a"), limiter.consume("b")]);
    expect(told).toMatchObject([{ latencyMs: 10 }, { latencyMs: 5 }]);
  });

  test("what is told of a store with methods of a class is the same", async () => {
    class Counted {
      readonly #prepared;
      constructor(prepared: ReturnType<Store["prepare"]>) {
        this.#prepared = prepared;
      }
      decide(...call: Parameters<ReturnType<Store["prepare"]>["decide"]>) {
        return this.#prepared.decide(...call);
      }
      known() {
        return undefined;
      }
      act(...call: Parameters<ReturnType<Store["prepare"]>["act"]>) {
        return this.#prepared.act(...call);
      }
      reset(...keys: Parameters<ReturnType<Store["prepare"]>["reset"]>) {
        return this.#prepared.reset(...keys);
      }
    }
    const memory = memoryStore();
    const store: Store = { ...memory, prepare: (plan) => new Counted(memory.prepare(plan)) };
    const limiter = rateLimiter({ limits, store, onStoreError: "throw" });
    const told = heard(limiter.events);
    await limiter.consume("a");
    expect(told).toMatchObject([{ decision: { allowed: true } }]);
  });

  test("S4.79: without a listener nobody looks at the clock, and nothing is told", async () => {
    const clock = vi.spyOn(performance, "now");
    const limiter = rateLimiter({ limits, store: memoryStore({ clock: manualClock() }) });
    const end = limiter.events.on("decision", () => {});
    limiter.consumeSync("a");
    expect(clock).toHaveBeenCalled();
    end();
    clock.mockClear();
    const emit = vi.spyOn(limiter.events, "emit");
    limiter.consumeSync("a");
    await limiter.consume("b");
    expect(clock).not.toHaveBeenCalled();
    expect(emit).not.toHaveBeenCalled();
  });

  test("S4.79: the answers with a listener are those without", () => {
    const clock = manualClock();
    const [heardOf, plain] = [1, 2].map(() => rateLimiter({ limits, store: memoryStore({ clock }) }));
    heard(heardOf.events);
    for (const key of ["a", "b", "a", "a", "a"]) {
      expect(heardOf.consumeSync(key)).toEqual(plain.consumeSync(key));
      clock.advance("10m");
    }
  });
});

describe("other verbs than consume", () => {
  /** What was told: allowed or not, and whether the store's time is known. */
  const short = (told: readonly SluiceEvent[]) =>
    told.flatMap((event) =>
      event.type === "decision" ? [[event.decision.allowed, event.latencyMs !== undefined]] : [],
    );

  test("a wait in a line is one decision, however often it asked", async () => {
    const clock = manualClock();
    const limiter = rateLimiter({
      limits: fixedWindow({ limit: 1, window: "1s" }),
      store: memoryStore({ clock }),
    });
    const told = heard(limiter.events);
    await limiter.consume("a");
    const waits = [limiter.wait("a"), limiter.wait("a"), limiter.wait("a", { maxQueue: 2 })];
    for (let second = 0; second < 2; second++) {
      await new Promise(setImmediate);
      clock.advance("1s");
    }
    expect((await Promise.all(waits)).map(({ allowed }) => allowed)).toEqual([true, true, false]);
    expect(short(told)).toEqual([
      [true, true],
      [false, false],
      [true, false],
      [true, false],
    ]);
  });

  test("a slot that is booked is told when it is booked, and a reservation when it is made", async () => {
    const clock = manualClock();
    const limits = tokenBucket({ capacity: 1, refill: "1/s" });
    const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
    const told = heard(limiter.events);
    const waits = [limiter.wait("a"), limiter.wait("a")];
    await new Promise(setImmediate);
    clock.advance("1s");
    await Promise.all(waits);
    clock.advance("5s");
    const hold = await limiter.reserve("a", { cost: 1, ttl: "1m" });
    await hold.settle(0);
    expect(short(told)).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
  });

  test("calls that stand in one list are told each", async () => {
    const limiter = rateLimiter({ limits });
    const told = heard(limiter.events);
    await limiter.consumeMany(["a", "b", "a"]);
    expect(short(told)).toHaveLength(3);
  });
});

describe("listeners", () => {
  test("hear until they leave, each for itself", () => {
    const limiter = rateLimiter({ limits });
    const told: string[] = [];
    const note = ({ decision: { key } }: DecisionEvent) => told.push(key);
    const end = limiter.events.on("decision", note);
    const endOther = limiter.events.on("decision", note);
    limiter.consumeSync("both");
    end();
    end();
    limiter.consumeSync("one");
    endOther();
    limiter.consumeSync("none");
    expect(told).toEqual(["both", "both", "one"]);
  });

  test("one that throws breaks neither the call nor the others", () => {
    const limiter = rateLimiter({ limits });
    const complain = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = new Error("broken");
    limiter.events.on("decision", () => {
      throw broken;
    });
    const told = heard(limiter.events);
    expect(limiter.consumeSync("a").allowed).toBe(true);
    expect(told).toHaveLength(1);
    expect(complain.mock.calls).toEqual([['sluice: a listener for "decision" failed:', broken]]);
  });

  test("one that rejects is told of on the console, and is no unhandled rejection", async () => {
    const limiter = rateLimiter({ limits });
    const complain = vi.spyOn(console, "error").mockImplementation(() => {});
    limiter.events.on("decision", () => Promise.reject(new Error("later")));
    await limiter.consume("a");
    await new Promise(setImmediate);
    expect(complain).toHaveBeenCalledTimes(1);
  });

  test("one that comes while an event is told hears the next one", () => {
    const limiter = rateLimiter({ limits });
    const late: SluiceEvent[] = [];
    const end = limiter.events.on("decision", () => {
      end();
      limiter.events.on("decision", (event) => late.push(event));
    });
    limiter.consumeSync("a");
    expect(late).toEqual([]);
    limiter.consumeSync("a");
    expect(late).toHaveLength(1);
  });

  test("must be functions, for a type that there is", () => {
    const { events } = rateLimiter({ limits });
    expect(() => events.on("decisions" as "decision", () => {})).toThrow(
      'there are no events of type "decisions"; there are "decision", "degraded", "capacity", "warning", "config"',
    );
    expect(() => events.on("decision", 1 as never)).toThrow("must be a function, not 1");
  });
});

describe("a shared stream", () => {
  test("hears all its limiters, each by its name", () => {
    const events = eventStream();
    const told = heard(events);
    const store = memoryStore();
    const api = rateLimiter({ limits, store, events, name: "api" });
    const mail = rateLimiter({ limits, store, events, name: "mail" });
    expect(api.events).toBe(events);
    api.consumeSync("a");
    mail.consumeSync("a");
    expect(told).toMatchObject([{ limiter: "api" }, { limiter: "mail" }]);
  });

  test("must be one of ours", () => {
    expect(() => rateLimiter({ limits, events: {} as never })).toThrow(
      "rateLimiter events must be an eventStream(), not an object with keys (none)",
    );
  });
});

describe("a store that fails", () => {
  test("is told to the stream and to onEvent, and so are the decisions of what stands in for it", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const store = faultyStore();
    const onEvent = vi.fn<(event: LimiterEvent) => void>();
    const limiter = rateLimiter({ limits, store, onEvent });
    const told = heard(limiter.events);
    store.fault = DOWN;
    await limiter.consume("a");
    store.fault = undefined;
    vi.advanceTimersByTime(1000);
    await limiter.consume("a");
    expect(told).toMatchObject([
      { type: "degraded", limiter: "default", degraded: "local", error: DOWN },
      { type: "decision", decision: { degraded: "local" } },
      { type: "degraded", limiter: "default", degraded: false, error: undefined },
      { type: "decision", decision: { degraded: false } },
    ]);
    expect(onEvent.mock.calls.flat()).toEqual(told.filter(({ type }) => type === "degraded"));
  });

  test("has no latency while it is left alone", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits, store, onStoreError: "open", onEvent: () => {} });
    const told = heard(limiter.events);
    store.fault = DOWN;
    for (let i = 0; i < 6; i++) await limiter.consume("a");
    const latencies = told.flatMap((event) => (event.type === "decision" ? [event.latencyMs] : []));
    expect(latencies.map((ms) => typeof ms)).toEqual([...Array(5).fill("number"), "undefined"]);
  });

  test("gives no decision where its errors are thrown, and so none is told", async () => {
    const store = faultyStore();
    const limiter = rateLimiter({ limits, store, onStoreError: "throw", onEvent: () => {} });
    const told = heard(limiter.events);
    store.fault = DOWN;
    await expect(limiter.consume("a")).rejects.toThrow(DOWN);
    expect(told).toMatchObject([{ type: "degraded", degraded: "throw" }]);
  });
});

describe("capacity", () => {
  const fill = (consume: (key: string) => unknown, from: number, to: number) => {
    for (let i = from; i < to; i++) consume(`key ${i}`);
  };

  test("is told once when the store is full and once when there is room again, to each stream", async () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 64, clock });
    const [one, other] = ["one", "other"].map((name) => rateLimiter({ limits, store, name }));
    const told: SluiceEvent[][] = [[], []];
    one.events.on("capacity", (event) => told[0].push(event));
    other.events.on("capacity", (event) => told[1].push(event));
    fill(one.consumeSync, 0, 300);
    await Promise.resolve();
    const full = { type: "capacity", degraded: "overflow", maxKeys: 64 };
    expect(told).toEqual([[full], [full]]);
    clock.advance("1h");
    fill(one.consumeSync, 1000, 1030);
    await Promise.resolve();
    const room = { type: "capacity", degraded: false, maxKeys: 64 };
    expect(told).toEqual([
      [full, room],
      [full, room],
    ]);
  });

  test("is told once to a stream that limiters of one store share", async () => {
    const events = eventStream();
    const told = heard(events);
    const store = memoryStore({ maxKeys: 2 });
    const [one] = ["one", "other"].map((name) => rateLimiter({ limits, store, name, events }));
    fill(one.consumeSync, 0, 5);
    await Promise.resolve();
    expect(told.filter(({ type }) => type === "capacity")).toHaveLength(1);
  });

  test("is heard until the listener leaves", async () => {
    const store = memoryStore({ maxKeys: 2 });
    const limiter = rateLimiter({ limits, store });
    const told: SluiceEvent[] = [];
    limiter.events.on("capacity", (event) => told.push(event))();
    fill(limiter.consumeSync, 0, 5);
    await Promise.resolve();
    expect(told).toEqual([]);
  });

  test("a full store that keys leave one by one does not tell of each", async () => {
    const clock = manualClock();
    const store = memoryStore({ maxKeys: 1024, clock });
    const perKey = fixedWindow({ limit: 2, window: "512s", anchor: "first-call" });
    const limiter = rateLimiter({ limits: perKey, store });
    const told: SluiceEvent[] = [];
    limiter.events.on("capacity", (event) => told.push(event));
    let own = 0;
    for (let i = 0; i < 8000; i++) {
      if (limiter.consumeSync(`key ${i}`).degraded === false) own++;
      clock.advance(250);
    }
    expect(own).toBeGreaterThan(2048);
    await Promise.resolve();
    expect(told.length).toBeLessThan(10);
  });

  test("a listener for a full store that throws is told of on the console", async () => {
    const complain = vi.spyOn(console, "error").mockImplementation(() => {});
    const store = memoryStore({
      maxKeys: 1,
      onOverflow() {
        throw new Error("broken");
      },
    });
    fill(rateLimiter({ limits, store }).consumeSync, 0, 2);
    await Promise.resolve();
    expect(complain).toHaveBeenCalledTimes(1);
  });
});

describe("warnings", () => {
  test("go to the stream and to onWarning", () => {
    const events = eventStream();
    const told = heard(events);
    const onWarning = vi.fn<(warning: Warning) => void>();
    rateLimiter({ limits, store: { ...memoryStore(), isShared: true }, events, onWarning });
    expect(told).toEqual([{ type: "warning", ...onWarning.mock.calls[0][0] }]);
    expect(told).toMatchObject([{ code: "DEFAULT_NAMESPACE", message: expect.stringContaining("shop") }]);
  });

  test("of a store go to the limiters over it", async () => {
    const client = new Redis(inject("redis").url);
    onTestFinished(() => client.disconnect());
    const onWarning = vi.fn<(warning: Warning) => void>();
    const store = redisStore(client, { onWarning });
    const limiter = rateLimiter({ limits, store, namespace: "told", ...strict });
    const told = heard(limiter.events);
    await limiter.consume("a");
    await until(async () => told.some(({ type }) => type === "warning"));
    expect(told).toContainEqual({ type: "warning", ...onWarning.mock.calls[0][0] });
    expect(told).toContainEqual(expect.objectContaining({ code: "REDIS_CLIENT_RESENDS" }));
  });
});
