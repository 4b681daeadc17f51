import { describe, expect, test } from "vitest";
import { concurrency, fixedWindow, rateLimiter, tokenBucket } from "../../src/index.ts";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { everyAlgorithm } from "./everyAlgorithm.ts";
import { manualLimiter } from "./manualLimiter.ts";

describe.each(everyAlgorithm)("inspect under %s", (_, make) => {
  test("tells what a peek of 0 finds, and charges nothing", async () => {
    const { limiter, clock } = manualLimiter(make(10));
    limiter.consumeSync("a", { cost: 7 });
    clock.advance("3s");
    const { limits } = limiter.peekSync("a", { cost: 0 });
    const seen = await limiter.inspect("a");
    const { algorithm, remaining, resetAfterMs, details, windowMs } = limits[0];
    expect(seen).toEqual({
      key: "a",
      blocked: false,
      blockedForMs: 0,
      limits: [
        {
          name: "default",
          algorithm,
          limit: 10,
          remaining,
          used: 10 - remaining,
          windowMs,
          resetAfterMs,
          details,
        },
      ],
      text: expect.stringMatching(/^default: \d+ of 10 left, all back in [\d.]+ s \(.+\)$/) as string,
    });
    expect(await limiter.inspect("a")).toEqual(seen);
    expect(structuredClone(seen)).toEqual(seen);
  });

  test("of a key that spent nothing, and of a limit of 0", async () => {
    const { limiter } = manualLimiter(make(10));
    const fresh = await limiter.inspect("nobody");
    expect(fresh.limits[0]).toMatchObject({ remaining: 10, used: 0, resetAfterMs: 0 });
    expect(fresh.text).toMatch(/^default: 10 of 10 left \(/);
    const { limiter: none } = manualLimiter(make(0));
    expect((await none.inspect("a")).limits[0]).toMatchObject({ limit: 0, remaining: 0, used: 0 });
  });
});

test("the words: a bucket, a window, what runs, and a block", async () => {
  const { limiter } = manualLimiter([
    tokenBucket({ capacity: 10, refill: "2/s", name: "burst" }),
    fixedWindow({ limit: 5, window: "1m", name: "calls" }),
    concurrency({ limit: 3, ttl: "30s", name: "jobs" }),
  ]);
  limiter.consumeSync("a", { cost: { burst: 3 } });
  await limiter.block("a", 1500);
  const { text, blocked, blockedForMs } = await limiter.inspect("a");
  expect({ blocked, blockedForMs }).toEqual({ blocked: true, blockedForMs: 1500 });
  expect(text).toMatch(
    /^blocked for 1\.5 s; burst: 7 of 10 left, all back in 1\.5 s \(tokens 7\); calls: 4 of 5 left, all back in 60 s \(.*\); jobs: 2 of 3 left, all back in 30 s \(running 1\)$/,
  );
});

test("a debt and booked slots leave nothing, and tell when all is back", async () => {
  const { limiter } = manualLimiter(tokenBucket({ capacity: 10, refill: "1/s" }));
  await (await limiter.reserve("a", { cost: 10 })).settle(14);
  const { limits, text } = await limiter.inspect("a");
  expect(limits[0]).toMatchObject({ remaining: 0, used: 10, resetAfterMs: 14_000 });
  expect(text).toMatch(/^default: 0 of 10 left, all back in 14 s/);
});

test("what is no key throws, and so does a store that fails, whatever the policy", async () => {
  for (const onStoreError of ["local", "open", "closed", "throw"] as const) {
    const store = faultyStore();
    const limiter = rateLimiter({ limits: "10/h", store, namespace: "i", onStoreError, onEvent() {} });
    await expect(limiter.inspect("")).rejects.toMatchObject({ code: "INVALID_KEY" });
    store.fault = DOWN;
    await expect(limiter.inspect("a")).rejects.toBe(DOWN);
  }
});
