import { describe, expect, test } from "vitest";
import {
  fixedWindow,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  slidingWindow,
  type Store,
  tokenBucket,
} from "../../src/index.ts";
import { withDeniedCache } from "../../src/stores/onServer/withDeniedCache.ts";
import { manualClock } from "../../src/testing/index.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

const clash = expect.objectContaining({ name: "ConfigurationError", code: "NAME_CLASH" });

describe("an update of limits", () => {
  test.each(everyAlgorithm)("of %s holds from the very next call, up and down", (_, make) => {
    const { limiter } = manualLimiter(make(3));
    for (let i = 0; i < 4; i++) expect(limiter.consumeSync("a").allowed).toBe(i < 3);
    limiter.update({ limits: make(5) });
    expect(limiter.peekSync("a", { cost: 0 })).toMatchObject({ allowed: true, limit: 5, remaining: 2 });
    limiter.update({ limits: make(2) });
    expect(limiter.consumeSync("a")).toMatchObject({ allowed: false, limit: 2, remaining: 0 });
  });

  test.each(everyAlgorithm)(
    "of %s clamps what was used to a lower limit, or forgets it by carry: reset",
    (_, make) => {
      const { limiter, clock } = manualLimiter(make(100));
      limiter.consumeSync("a", { cost: 60 });
      limiter.update({ limits: make(10) });
      const { retryAfterMs } = limiter.consumeSync("a", { cost: 10 });
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(10 * 60_000);
      clock.advanceMicroseconds(retryAfterMs * 1000);
      expect(limiter.peekSync("a", { cost: 10 }).allowed).toBe(true);
      limiter.update({ limits: make(10), carry: "reset", version: "2" });
      expect(limiter.consumeSync("a")).toMatchObject({ allowed: true, remaining: 9 });
    },
  );

  test("of the window too, or of both at once: a new window starts afresh", () => {
    const { limiter, clock } = manualLimiter(fixedWindow({ limit: 2, window: "1m" }));
    limiter.consumeSync("a", { cost: 2 });
    limiter.update({ limits: fixedWindow({ limit: 3, window: "1s" }) });
    expect(limiter.consumeSync("a", { cost: 3 }).allowed).toBe(true);
    expect(limiter.consumeSync("a").allowed).toBe(false);
    clock.advance("1s");
    expect(limiter.consumeSync("a").allowed).toBe(true);
    limiter.update({ limits: fixedWindow({ limit: 3, window: "1m" }) });
    expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(1);
  });

  test("keeps what was used under limits without names, alone and beside others, by any spelling", () => {
    const { limiter } = manualLimiter("10/m");
    limiter.consumeSync("a", { cost: 4 });
    limiter.update({ limits: ["20 per minute", "100/h"] });
    expect(limiter.peekSync("a", { cost: 0 }).limits).toMatchObject([
      { name: "20/m", remaining: 16 },
      { name: "100/h", remaining: 100 },
    ]);
    limiter.update({ limits: ["1000/h", "30/m"] });
    expect(limiter.consumeSync("a").limits).toMatchObject([
      { name: "1000/h", remaining: 999 },
      { name: "30/m", remaining: 25 },
    ]);
    limiter.update({ limits: slidingWindow({ limit: 10, window: "1m" }) });
    expect(limiter.peekSync("a", { cost: 0 }).limits).toMatchObject([{ name: "default", remaining: 5 }]);
  });

  test("changes nothing if anything is wrong with it", async () => {
    const { limiter } = manualLimiter(slidingWindow({ limit: 2, window: "1m", by: "user" }));
    const wrong: [options: unknown, error: object][] = [
      [{ limits: "0/x" }, { code: "INVALID_LIMIT" }],
      [{ limits: [] }, { code: "INVALID_LIMIT" }],
      [{}, { code: "INVALID_LIMIT" }],
      [undefined, { code: "INVALID_OPTION" }],
      [{ limits: ["1/m", "2/m"] }, { code: "NAME_CLASH" }],
      [{ limits: "5/m" }, { code: "INVALID_LIMIT", nearest: ["user"] }],
      [{ limits: "5/m", limit: 5 }, { code: "UNKNOWN_OPTION" }],
      [
        { limits: "5/m", carry: "resets", version: "1" },
        { code: "INVALID_OPTION", nearest: "reset" },
      ],
      [
        { limits: "5/m", carry: "reset" },
        { code: "INVALID_OPTION", path: "version" },
      ],
      [
        { limits: "5/m", carry: "reset", version: "" },
        { code: "INVALID_OPTION", path: "version" },
      ],
      [
        { limits: "5/m", version: "1" },
        { code: "INVALID_OPTION", path: "version" },
      ],
    ];
    for (const [options, error] of wrong) {
      expect(() => limiter.update(options as { limits: LimitsInput })).toThrow(
        expect.objectContaining(error),
      );
      expect(limiter.peekSync({ user: "a" })).toMatchObject({ limit: 2 });
    }
    expect(() =>
      limiter.update({ limits: tokenBucket({ capacity: -1, refill: "1/s", by: "user" }) }),
    ).toThrow(expect.objectContaining({ code: "INVALID_LIMIT" }));
    expect(await limiter.consume({ user: "a" })).toMatchObject({ limit: 2, remaining: 1 });
  });

  test("that the store refuses changes nothing", () => {
    const memory = memoryStore();
    const store: Store = {
      ...memory,
      prepare(plan) {
        if (plan.limits.length > 1) throw new TypeError("one limit only");
        return memory.prepare(plan);
      },
    };
    const limiter = rateLimiter({ limits: "2/m", store });
    expect(() => limiter.update({ limits: ["2/m", "3/h"] })).toThrow("one limit only");
    expect(() => rateLimiter({ limits: "2/m", store })).not.toThrow();
  });

  test("by carry: reset leads processes of the same version to the same counters", () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const [one, other] = [rateLimiter({ limits: "5/m", store }), rateLimiter({ limits: "5/m", store })];
    one.consumeSync("a", { cost: 5 });
    for (const limiter of [one, other]) limiter.update({ limits: "5/m", carry: "reset", version: "7" });
    expect(one.consumeSync("a", { cost: 2 }).remaining).toBe(3);
    expect(other.consumeSync("a").remaining).toBe(2);
    one.update({ limits: "10/m" });
    expect(one.peekSync("a", { cost: 0 }).remaining).toBe(7);
    one.update({ limits: "10/m", carry: "reset", version: "8" });
    expect(one.peekSync("a", { cost: 0 }).remaining).toBe(10);
    expect(other.peekSync("a", { cost: 0 }).remaining).toBe(2);
  });

  test("by carry: reset leaves blocks", async () => {
    const { limiter } = manualLimiter("5/m");
    await limiter.block("a", "10m");
    limiter.update({ limits: "5/m", carry: "reset", version: "2" });
    expect(limiter.consumeSync("a").reason).toBe("blocked");
    await limiter.unblock("a");
    expect(limiter.consumeSync("a").allowed).toBe(true);
  });

  test.each(everyAlgorithm)(
    "of %s lets what was reserved before be settled, where it was charged",
    async (_, make) => {
      const { limiter } = manualLimiter(make(10));
      const [kept, left] = [await limiter.reserve("a", { cost: 4 }), await limiter.reserve("a", { cost: 4 })];
      limiter.update({ limits: make(20) });
      expect(await kept.settle(1)).toBe("settled");
      expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(15);
      limiter.update({ limits: make(20), carry: "reset", version: "2" });
      expect(await left.cancel()).toBe("settled");
      expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(20);
    },
  );

  test("is no clash of the limiter with itself, and is what another at its place must have", () => {
    const store = memoryStore();
    const limiter = rateLimiter({ limits: "5/m", store });
    const beside = rateLimiter({ limits: "5/m", store });
    limiter.update({ limits: "6/m" });
    limiter.update({ limits: "7/m" });
    expect(() => rateLimiter({ limits: "5/m", store })).toThrow(clash);
    expect(rateLimiter({ limits: "7/m", store }).consumeSync("a").remaining).toBe(6);
    expect(beside.peekSync("a", { cost: 0 })).toMatchObject({ limit: 5, remaining: 4 });
    beside.update({ limits: "7/m" });
    expect(beside.peekSync("a", { cost: 0 })).toMatchObject({ limit: 7, remaining: 6 });
  });

  test("drops the refusals that a store repeats without asking", async () => {
    const limiter = rateLimiter({ limits: "1/m", store: withDeniedCache(memoryStore()) });
    for (const cached of [undefined, undefined, true])
      expect((await limiter.consume("a")).cached).toBe(cached);
    limiter.update({ limits: "2/m" });
    const decision = await limiter.consume("a");
    expect(decision).toMatchObject({ allowed: true, remaining: 0 });
    expect(decision.cached).toBeUndefined();
  });
});
