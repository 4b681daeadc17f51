import {
  concurrency,
  foreignLimiter,
  limited,
  limitedSync,
  memoryStore,
  noLimit,
  rateLimited,
  RateLimitExceededError,
  rateLimiter,
} from "sluice";
import { describe, expect, test, vi } from "vitest";
import { gate } from "../guard/ask.ts";

const one = concurrency({ limit: 1 });

describe("a function that is limited by concurrency", () => {
  test("holds its permit until it has answered", async () => {
    const done = gate();
    const work = limited(async () => (await done.promise, "done"), { limits: one, key: "a" });
    const first = work();
    await expect(work()).rejects.toThrow(RateLimitExceededError);
    done.open();
    expect(await first).toBe("done");
    expect(await work()).toBe("done");
  });

  test.each<[string, () => unknown]>([
    ["throws", () => failing()],
    ["rejects", async () => failing()],
  ])("gives it back when it %s", async (_, fn) => {
    const work = limited(fn, { limits: [one, "3/m"], key: "a" });
    for (let i = 0; i < 3; i++) await expect(work()).rejects.toThrow("mine");
    await expect(work()).rejects.toMatchObject({
      decision: { limits: [{ allowed: true }, { allowed: false }] },
    });
  });

  test("answers undefined over the limit where that is wanted, and holds nothing then", async () => {
    const done = gate();
    const work = limited(() => done.promise.then(() => 1), { limits: one, key: "a", onLimit: "undefined" });
    const first = work();
    expect(await work()).toBeUndefined();
    done.open();
    expect([await first, await work()]).toEqual([1, 1]);
  });

  test("never runs more than its limit at once, for each key", async () => {
    let running = 0;
    let most = 0;
    const work = limited(
      async (_key: string) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
      },
      { limits: concurrency({ limit: 3 }), key: (key) => key, onLimit: "undefined" },
    );
    for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 10 }, () => work("a")));
    expect([most, running]).toEqual([3, 0]);
  });

  test("counts with others over one limiter, and costs what it says", async () => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 5 }) });
    const done = gate();
    const work = limited(() => done.promise, { limiter, key: "a", cost: 3 });
    const first = work();
    await expect(work()).rejects.toThrow(RateLimitExceededError);
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(2);
    done.open();
    await first;
    expect((await limiter.peek("a", { cost: 0 })).remaining).toBe(5);
  });

  test("may be a method", async () => {
    const done = gate();
    const decorate = rateLimited({ limits: one, key: "a" });
    const work = decorate(async () => done.promise, { kind: "method", name: "work" });
    const first = work();
    await expect(work()).rejects.toThrow(RateLimitExceededError);
    done.open();
    await first;
    await work();
  });
});

describe("what else can be asked", () => {
  test("enter is asked in place of acquire, and left when the function has ended", async () => {
    const told: unknown[] = [];
    const limiter = {
      acquire: vi.fn<() => Promise<void>>(),
      enter: async (...args: unknown[]) => {
        told.push(args);
        return { [Symbol.asyncDispose]: async () => void told.push("left") };
      },
    };
    const work = limited(() => told.push("ran"), { limiter, key: "a" });
    await work();
    await limited(() => told.push("ran"), { limiter, key: "b", cost: 2 })();
    expect(told).toEqual([["a", undefined], "ran", "left", ["b", { cost: 2 }], "ran", "left"]);
    expect(limiter.acquire).not.toHaveBeenCalled();
  });

  test("the limiters that have one answer, and those of another make", async () => {
    for (const limiter of [noLimit(), foreignLimiter(() => true)])
      expect(await limited(() => 1, { limiter, key: "a" })()).toBe(1);
  });
});

describe("limitedSync refuses limits on concurrency", () => {
  const refused = expect.objectContaining({ code: "INVALID_LIMIT", path: "limits" }) as Error;

  test("at construction where they are said", () => {
    expect(() => limitedSync(() => 1, { limits: ["9/m", one], key: "a" })).toThrow(refused);
  });

  test("with the first call where a limiter or a function has them", () => {
    const work = vi.fn<() => number>(() => 1);
    const limiter = rateLimiter({ limits: one, store: memoryStore() });
    expect(() => limitedSync(work, { limiter, key: "a" })()).toThrow(refused);
    expect(() => limitedSync(work, { limits: () => one, key: "a", onLimit: "undefined" })()).toThrow(refused);
    expect(work).not.toHaveBeenCalled();
  });
});

function failing(): never {
  throw new Error("mine");
}
