import { memoryStore, RateLimitExceededError, rateLimiter, type Store } from "sluice";
import { describe, expect, test, vi } from "vitest";
import { faultyStore } from "../failure/faultyStore.ts";
import { left } from "./left.ts";

const stores: Record<string, () => Store> = { "at once": memoryStore, later: faultyStore };

describe.each(Object.entries(stores))("a store that answers %s", (_name, store) => {
  const limiterOf = (limits: "1/m" | "5/m") => rateLimiter({ limits, store: store() });

  test("S4.50: entering throws when over the limit, and the block does not run", async () => {
    const limiter = limiterOf("1/m");
    const runs: number[] = [];
    const block = async (): Promise<void> => {
      using permit = await limiter.enter("a");
      runs.push(permit.decision.remaining);
    };
    await block();
    await expect(block()).rejects.toThrow(RateLimitExceededError);
    expect(runs).toEqual([0]);
  });

  test("S4.51: a permit has the decision; an error in the block passes through, and is neither given back nor charged twice", async () => {
    const limiter = limiterOf("5/m");
    const block = async (): Promise<void> => {
      await using permit = await limiter.enter("a", { cost: 2 });
      expect(permit.decision).toMatchObject({ allowed: true, cost: 2, remaining: 3 });
      throw new RangeError("own");
    };
    await expect(block()).rejects.toThrow(RangeError);
    expect(await left(limiter, "a")).toBe(3);
  });

  test("a permit that is disposed of by hand, or twice, or never, is worth the same", async () => {
    const limiter = limiterOf("5/m");
    const permit = await limiter.enter("a");
    permit[Symbol.dispose]();
    await permit[Symbol.asyncDispose]();
    await limiter.enter("a");
    expect(await left(limiter, "a")).toBe(3);
  });

  test("run answers what the function answers, sync or async, and hands it the decision", async () => {
    const limiter = limiterOf("5/m");
    expect(await limiter.run("a", ({ remaining }) => remaining, { cost: 3 })).toBe(2);
    expect(await limiter.run("a", async ({ cost }) => `cost ${cost}`)).toBe("cost 1");
  });

  test("a refused run does not call the function; what the function throws passes through, and stays charged", async () => {
    const limiter = limiterOf("1/m");
    const work = vi.fn<() => never>(() => {
      throw new RangeError("own");
    });
    await expect(limiter.run("a", work)).rejects.toThrow(RangeError);
    await expect(limiter.run("a", work)).rejects.toThrow(RateLimitExceededError);
    expect(work).toHaveBeenCalledTimes(1);
    await expect(limiter.run("a", undefined as never)).rejects.toThrow(
      "run fn must be a function, not undefined",
    );
    await expect(limiter.run("", work)).rejects.toMatchObject({ code: "INVALID_KEY" });
    await expect(limiter.enter("a", 5 as never)).rejects.toMatchObject({ code: "INVALID_COST" });
  });
});
