import {
  type Acquirer,
  alwaysDeny,
  ConfigurationError,
  limited,
  limitedSync,
  noLimit,
  rateLimited,
  RateLimitExceededError,
  rateLimitHeaders,
  rateLimiter,
  slidingWindow,
} from "sluice";
import { describe, expect, test, vi } from "vitest";

/** A limiter that somebody wrote in five lines: no class of ours, no word of Sluice but the error. */
class Tickets {
  readonly asked: unknown[][] = [];
  left: number;
  constructor(left: number) {
    this.left = left;
  }
  async acquire(...args: [key: string, options?: { cost?: number }]): Promise<void> {
    this.asked.push(args);
    const [key, { cost = 1 } = {}] = args;
    if (cost > this.left) throw new RateLimitExceededError(key);
    this.left -= cost;
  }
}

describe("an object of one's own that has acquire", () => {
  test("S0.19: limits a function; its refusal is the error of the call, and the function is not called", async () => {
    const work = vi.fn<(to: string) => string>((to) => `to ${to}`);
    const send = limited(work, { limiter: new Tickets(1), key: (to) => to });
    expect(await send("ann")).toBe("to ann");
    await expect(send("bob")).rejects.toMatchObject({ key: "bob", retryAfterMs: undefined, status: 429 });
    expect(work).toHaveBeenCalledTimes(1);
    expect(send.limiter.left).toBe(0);
  });

  test("S0.21: that always denies works as it is, also for onLimit undefined", async () => {
    const denying = { acquire: (key: string) => Promise.reject(new RateLimitExceededError(key)) };
    const work = vi.fn<() => number>(() => 1);
    await expect(limited(work, { limiter: denying, key: "a" })()).rejects.toThrow(RateLimitExceededError);
    expect(await limited(work, { limiter: denying, key: "a", onLimit: "undefined" })()).toBeUndefined();
    expect(work).not.toHaveBeenCalled();
  });

  test("is told a cost where one is said, and else nothing but the key", async () => {
    const tickets = new Tickets(9);
    const work = (): void => undefined;
    await limited(work, { limiter: tickets, key: "a" })();
    await limited(work, { limiter: tickets, key: "b", cost: () => 3 })();
    expect(tickets.asked).toEqual([
      ["a", undefined],
      ["b", { cost: 3 }],
    ]);
    expect(tickets.left).toBe(5);
  });

  test("limits methods", async () => {
    const tickets = new Tickets(1);
    const decorate = rateLimited({ limiter: tickets, key: (to: string) => to });
    const send = decorate(async (to: string) => `to ${to}`, { kind: "method", name: "send" });
    expect(await send("ann")).toBe("to ann");
    await expect(send("ann")).rejects.toThrow(RateLimitExceededError);
  });

  test("what it throws besides is a fault, and passes through for either onLimit", async () => {
    const broken: Acquirer = { acquire: () => Promise.reject(new RangeError("down")) };
    const work = vi.fn<() => number>(() => 1);
    for (const onLimit of ["throw", "undefined"] as const) {
      const call = limited(work, { limiter: broken, key: "a", onLimit: onLimit as "undefined" });
      await expect(call()).rejects.toThrow(new RangeError("down"));
    }
    expect(work).not.toHaveBeenCalled();
  });

  test("a refusal of another copy of this library is a refusal", async () => {
    vi.resetModules();
    const other = await import("sluice");
    expect(other.RateLimitExceededError).not.toBe(RateLimitExceededError);
    const call = limited(() => 1, { limiter: other.alwaysDeny(), key: "a", onLimit: "undefined" });
    expect(await call()).toBeUndefined();
  });

  test("an error of the function itself that looks like a refusal is not taken for one", async () => {
    const inner = new RateLimitExceededError("inner");
    const call = limited(() => Promise.reject(inner), { limiter: noLimit(), key: "a", onLimit: "undefined" });
    await expect(call()).rejects.toBe(inner);
  });
});

test.each([
  ["nothing", null],
  ["a number", 5],
  ["a limiter of another make", { consume: () => Promise.resolve() }],
  ["a slip of the pen", { aquire: () => Promise.resolve() }],
])("what has no acquire is refused at construction: %s", (_, value) => {
  const refusal = expect.objectContaining({ code: "INVALID_OPTION", path: "limiter", value }) as Error;
  const options = { limiter: value as never, key: "a" };
  expect(() => limited(() => 1, options)).toThrow(refusal);
  expect(() => limitedSync(() => 1, options)).toThrow(refusal);
  expect(() => limited(() => 1, options)).toThrow(/acquire\(key\).*foreignLimiter\(\)/);
});

describe("noLimit", () => {
  test("S0.3: lets everything pass, with every verb, and claims no numbers", async () => {
    const limiter = noLimit();
    const cost = 1_000_000;
    const free = { allowed: true, limit: Infinity, remaining: Infinity, retryAfterMs: 0, reason: "ok" };
    const decision = { ...free, key: "a", cost, resetAfterMs: 0, degraded: false, limits: [] };
    expect(await limiter.consume("a", { cost })).toEqual(decision);
    expect(await limiter.acquire("a", { cost })).toEqual(decision);
    expect(await limiter.peek("a", { cost })).toEqual(decision);
    expect(limiter.consumeSync("a", { cost })).toEqual(decision);
    expect(limiter.acquireSync("a", { cost })).toEqual(decision);
    expect(limiter.peekSync("a", { cost })).toEqual(decision);
    expect(await limiter.run("a", ({ remaining }) => remaining)).toBe(Infinity);
    expect((await limiter.enter("a", { cost })).decision).toEqual(decision);
    await limiter.reset("a");
    limiter.resetSync("a");
    expect(rateLimitHeaders(decision as never)).toEqual({});
  });

  test.each(["global", "", undefined, { user: "42", tenant: "acme" }])(
    "S0.4: does not look at the key: %j",
    async (key) => {
      expect(await noLimit().acquire(key as string)).toMatchObject({ allowed: true });
      await expect(alwaysDeny().acquire(key as string)).rejects.toThrow(RateLimitExceededError);
    },
  );

  test("takes costs by the names of limits that it does not have, and refuses what is no cost", async () => {
    expect(await noLimit().consume("a", { cost: { tokens: 800, requests: 1 } })).toMatchObject({ cost: 800 });
    for (const cost of [-1, 0.5, "5", { tokens: -1 }, null])
      await expect(noLimit().consume("a", { cost: cost as never })).rejects.toMatchObject({
        code: "INVALID_COST",
      });
    expect(() => noLimit().consumeSync("a", { costs: 5 } as never)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_OPTION", nearest: "cost" }) as Error,
    );
  });
});

describe("a constant limiter and the other verbs", () => {
  test("has those of a limiter", () => {
    const verbs = Object.keys(rateLimiter({ limits: "1/m" })).toSorted();
    expect(Object.keys(noLimit()).toSorted()).toEqual(verbs);
    expect(Object.keys(alwaysDeny()).toSorted()).toEqual(verbs);
  });

  test("never waits, unless the signal has ended it before", async () => {
    expect((await noLimit().wait("a", { cost: 9, timeoutMs: 0 })).allowed).toBe(true);
    expect((await alwaysDeny().wait("a", { timeoutMs: 60_000 })).reason).toBe("never");
    const signal = AbortSignal.abort(new RangeError("own"));
    await expect(noLimit().wait("a", { signal })).rejects.toThrow(new RangeError("own"));
  });

  test("reserves, settles and cancels all or nothing", async () => {
    for (const [limiter, allowed, settlement] of [
      [noLimit(), true, "settled"],
      [alwaysDeny(), false, "refused"],
    ] as const) {
      const hold = await limiter.reserve("a", { cost: { tokens: 800 }, ttl: "2m", id: "one" });
      expect(hold).toMatchObject({ allowed, cost: 800, id: "one" });
      expect(await Promise.all([hold.settle(750), hold.settle(750), hold.cancel()])).toEqual([
        settlement,
        settlement,
        settlement,
      ]);
      expect(await limiter.settle("a", "one", { tokens: 1 })).toBe(settlement);
      expect(await limiter.cancel("a", "one")).toBe(settlement);
      const [first, second] = [await limiter.reserve("a"), await limiter.reserve("a")];
      expect(first.id).not.toBe(second.id);
    }
  });

  test("is not changed by anything", async () => {
    for (const [limiter, allowed] of [
      [noLimit(), true],
      [alwaysDeny(), false],
    ] as const) {
      await limiter.block("a", "1h");
      await limiter.refund("a", 5);
      await limiter.unblock("b");
      limiter.close();
      expect(await limiter.inspect("a")).toMatchObject({ key: "a", blocked: false, limits: [] });
      const decisions = await limiter.consumeMany(["a", "b"]);
      expect(decisions.map(({ key, allowed: passes }) => [key, passes])).toEqual([
        ["a", allowed],
        ["b", allowed],
      ]);
    }
  });

  test("refuses the wrong arguments that a limiter refuses", async () => {
    const limiter = noLimit();
    const wrong: [() => Promise<unknown>, string][] = [
      [() => limiter.wait("a", { timeout: 5 } as never), "UNKNOWN_OPTION"],
      [() => limiter.wait("a", { cost: -1 }), "INVALID_COST"],
      [() => limiter.reserve("a", { id: "" }), "INVALID_OPTION"],
      [() => limiter.reserve("a", { ttl: "soon" as never }), "INVALID_DURATION"],
      [() => limiter.reserve("a", { time: 5 } as never), "UNKNOWN_OPTION"],
      [() => limiter.settle("a", "", 1), "INVALID_OPTION"],
      [() => limiter.settle("a", "one", -1), "INVALID_COST"],
      [() => limiter.refund("a", -1), "INVALID_COST"],
      [() => limiter.block("a", "soon" as never), "INVALID_DURATION"],
    ];
    for (const [asked, code] of wrong) await expect(asked()).rejects.toMatchObject({ code });
  });
});

test("what a constant limiter decides is told to those who listen, and looks are not", async () => {
  for (const [limiter, allowed] of [
    [noLimit(), true],
    [alwaysDeny(), false],
  ] as const) {
    const told: unknown[] = [];
    limiter.events.on("decision", ({ decision, limiter: name }) => told.push([name, decision.allowed]));
    await limiter.consume("a");
    limiter.peekSync("a");
    limiter.update({ limits: "5/m" });
    await limiter.acquire("a").catch(() => undefined);
    const name = allowed ? "noLimit" : "alwaysDeny";
    expect(told).toEqual([
      [name, allowed],
      [name, allowed],
    ]);
  }
});

describe("alwaysDeny", () => {
  test("refuses everything as a limit of 0 does: never, with no time to come back", async () => {
    const limiter = alwaysDeny();
    const zero = rateLimiter({ limits: slidingWindow({ limit: 0, window: "1m" }) });
    const { limits, ...expected } = zero.consumeSync("a", { cost: 2 });
    expect(limits).toHaveLength(1);
    const decision = { ...expected, limits: [] };
    expect(decision).toMatchObject({ allowed: false, reason: "never", retryAfterMs: Infinity });
    expect(await limiter.consume("a", { cost: 2 })).toEqual(decision);
    expect(await limiter.peek("a", { cost: 2 })).toEqual(decision);
    expect(limiter.consumeSync("a", { cost: 2 })).toEqual(decision);
    expect(limiter.peekSync("a", { cost: 2 })).toEqual(decision);
    await limiter.reset("a");
    limiter.resetSync("a");
    expect(limiter.peekSync("a").allowed).toBe(false);
    expect(rateLimitHeaders(decision)).toEqual({ "Cache-Control": "no-store" });
  });

  test("throws where a limiter throws, and what was to be limited is not done", async () => {
    const limiter = alwaysDeny();
    const work = vi.fn<() => void>();
    await expect(limiter.acquire("a")).rejects.toMatchObject({
      key: "a",
      retryAfterMs: Infinity,
      status: 429,
    });
    await expect(limiter.run("a", work)).rejects.toThrow(RateLimitExceededError);
    await expect(limiter.enter("a")).rejects.toThrow(RateLimitExceededError);
    expect(() => limiter.acquireSync("a")).toThrow(RateLimitExceededError);
    expect(() => limitedSync(work, { limiter, key: "a" })()).toThrow(RateLimitExceededError);
    expect(work).not.toHaveBeenCalled();
  });
});

test("S0.5: the limiter of an operation is swapped without a change to its calls", async () => {
  const passes = async (limiter: Acquirer) => {
    const issue = limited(() => true, { limiter, key: "a", onLimit: "undefined" });
    return [await issue(), await issue()];
  };
  expect(await passes(noLimit())).toEqual([true, true]);
  expect(await passes(rateLimiter({ limits: "1/h" }))).toEqual([true, undefined]);
  expect(await passes(new Tickets(1))).toEqual([true, undefined]);
  expect(await passes(alwaysDeny())).toEqual([undefined, undefined]);
});

describe("a refusal that a limiter of one's own throws", () => {
  test("tells the wait where it knows one, without a decision", () => {
    const error = new RateLimitExceededError("a", { retryAfterMs: 1_200.5 });
    expect(error).toMatchObject({ key: "a", retryAfterMs: 1_200.5, decision: undefined, status: 429 });
    expect(error.message).toBe('rate limit exceeded for "a": retry after 1200.5 ms');
    expect(error.headers).toEqual({ "Retry-After": "2", "Cache-Control": "no-store" });
  });

  test("says 1 second where it knows none, and no time where it can never pass", async () => {
    expect(new RateLimitExceededError("a", {}).headers["Retry-After"]).toBe("1");
    expect(new RateLimitExceededError("a", { retryAfterMs: -3 }).retryAfterMs).toBe(0);
    expect(new RateLimitExceededError("a", { retryAfterMs: Infinity }).headers).toEqual({
      "Cache-Control": "no-store",
    });
    const response = new RateLimitExceededError("a").toResponse();
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await response.json()).toMatchObject({ status: 429 });
  });

  test.each([
    [{ retryAfter: 5 }, { code: "UNKNOWN_OPTION", nearest: "retryAfterMs" }],
    [{ retryAfterMs: Number.NaN }, { code: "INVALID_OPTION", path: "retryAfterMs" }],
    [{ retryAfterMs: "5" }, { code: "INVALID_OPTION", value: "5" }],
    [1200, { code: "INVALID_OPTION", value: 1200 }],
  ])("with the hint %j is a mistake of the program", (hint, fault) => {
    const make = () => new RateLimitExceededError("a", hint as never);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining(fault) as Error);
  });
});
