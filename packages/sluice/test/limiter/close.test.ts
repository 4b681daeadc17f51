import { expect, test } from "vitest";
import { concurrency, LimiterClosedError, memoryStore, rateLimiter, tokenBucket } from "../../src/index.ts";
import { manualClock } from "../../src/testing/index.ts";
import { flush, watch } from "./flush.ts";
import { manualLimiter } from "./manualLimiter.ts";

test("close ends what waits, and lets everything else go on", async () => {
  const { limiter } = manualLimiter(tokenBucket({ capacity: 1, refill: "1/s" }));
  await limiter.wait("a");
  const waits = [watch(limiter.wait("a")), watch(limiter.wait("a"))];
  await flush();
  expect(limiter.close()).toBe(undefined);
  await flush();
  for (const { reason } of waits) expect(reason).toBeInstanceOf(LimiterClosedError);
  await expect(limiter.wait("b")).rejects.toMatchObject({
    code: "LIMITER_CLOSED",
    name: "LimiterClosedError",
  });
  expect((await limiter.consume("b")).allowed).toBe(true);
  expect(await (await limiter.reserve("c")).cancel()).toBe("settled");
  await limiter.refund("b");
  expect((await limiter.inspect("b")).limits[0].remaining).toBe(1);
});

test("close gives back the last slots that were booked", async () => {
  const { limiter } = manualLimiter(tokenBucket({ capacity: 1, refill: "1/s" }));
  await limiter.wait("a");
  watch(limiter.wait("a"));
  await flush();
  limiter.close();
  await flush();
  expect(limiter.peekSync("a").retryAfterMs).toBe(1000);
});

test("close gives nothing back of a wait that is over", async () => {
  const { limiter, clock } = manualLimiter(tokenBucket({ capacity: 1, refill: "1/s" }));
  await limiter.wait("a");
  const second = watch(limiter.wait("a"));
  await flush();
  clock.advance("1s");
  await flush();
  expect(second.value?.allowed).toBe(true);
  limiter.close();
  await flush();
  expect(limiter.peekSync("a").retryAfterMs).toBe(1000);
});

test("close ends the renewal of permits: they come back at their ttl, and can be given back before", async () => {
  const { limiter, clock } = manualLimiter(concurrency({ limit: 2, ttl: "3s" }));
  const [kept, returned] = [await limiter.enter("a"), await limiter.enter("a")];
  clock.advance("1s");
  await flush();
  limiter.close();
  await returned[Symbol.asyncDispose]();
  expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(1);
  for (let i = 0; i < 2; i++) {
    clock.advance("1s");
    await flush();
    expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(1);
  }
  clock.advance("1s");
  await flush();
  expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(2);
  await kept[Symbol.asyncDispose]();
  expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(2);
});

test("a permit that is taken after close is not renewed", async () => {
  const { limiter, clock } = manualLimiter(concurrency({ limit: 1, ttl: "3s" }));
  limiter.close();
  await limiter.enter("a");
  for (let i = 0; i < 3; i++) {
    clock.advance("1s");
    await flush();
  }
  expect((await limiter.peek("a")).allowed).toBe(true);
});

test("close leaves the store open, and other limiters of it", async () => {
  const store = memoryStore({ clock: manualClock() });
  const [one, other] = ["one", "other"].map((name) => rateLimiter({ limits: "1/s", store, name }));
  one.close();
  expect((await other.wait("a")).allowed).toBe(true);
  await store.ping();
});
