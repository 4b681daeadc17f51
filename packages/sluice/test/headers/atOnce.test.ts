import {
  concurrency,
  type Decision,
  fixedWindow,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  rateLimitHeaders,
} from "sluice";
import { captchakit } from "sluice/presets";
import { manualClock } from "sluice/testing";
import { describe, expect, test } from "vitest";
import { testGuard } from "../guard/ask.ts";

const running = concurrency({ limit: 2, ttl: "1m", name: "running" });
const minute = fixedWindow({ limit: 2, window: "1m", name: "minute" });

/** The third decision at once, after so many milliseconds. */
async function third(limits: LimitsInput, afterMs = 0, cost = 1): Promise<Decision> {
  const clock = manualClock();
  const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
  for (let i = 0; i < 2; i++) await limiter.consume("a");
  clock.advance(afterMs);
  return limiter.consume("a", { cost });
}

const retryAfter = (decision: Decision) => rateLimitHeaders(decision)["Retry-After"];

test("a rate and what runs at once are told apart, though their name, limit and time are the same", () => {
  const same = { limit: 7, name: "same" };
  const limits = [fixedWindow({ ...same, window: "1m" }), concurrency({ ...same, ttl: "1m" })];
  const told = limits.map((limit) => rateLimitHeaders(rateLimiter({ limits: limit }).consumeSync("a")));
  expect(told.map((fields) => fields["RateLimit-Policy"])).toEqual([
    '"same";q=7;w=60',
    '"same";q=7;qu="concurrent-requests"',
  ]);
});

describe("Retry-After of a limit on concurrency", () => {
  test("is a second, while the decision tells the whole truth", async () => {
    const decision = await third(running);
    expect([decision.retryAfterMs, retryAfter(decision)]).toEqual([60_000, "1"]);
  });

  test("is no more than the truth", async () => {
    const decision = await third(running, 59_700);
    expect([decision.retryAfterMs, retryAfter(decision)]).toEqual([300, "1"]);
  });

  test("is that of a rate that refuses too, and of one that does not it is not", async () => {
    expect(retryAfter(await third([running, minute], 17_000))).toBe("43");
    expect(retryAfter(await third([running, fixedWindow({ limit: 9, window: "1h" })]))).toBe("1");
    expect(retryAfter(await third([concurrency({ limit: 9 }), minute], 17_000))).toBe("43");
  });

  test("is absent where the call can never pass", async () => {
    const decision = await third(running, 0, 3);
    expect([decision.reason, retryAfter(decision)]).toEqual(["never", undefined]);
  });

  test("is that of the others where it only tells", async () => {
    const telling = concurrency({ limit: 1, dryRun: true });
    expect(retryAfter(await third([telling, minute], 17_000))).toBe("43");
  });

  test("is that of a block, also of one that the refusal starts", async () => {
    const guarded = testGuard({ rules: [{ limits: concurrency({ limit: 1 }), blockFor: "5m" }] });
    const { ended } = await guarded.ask("GET /");
    for (const seconds of ["300", "300"])
      expect(new Map((await guarded.ask("GET /")).reply?.headers).get("Retry-After")).toBe(seconds);
    await ended?.();
    expect(new Map((await guarded.ask("GET /")).reply?.headers).get("Retry-After")).toBe("300");
  });

  test("is the same in the body that a preset makes", async () => {
    const guarded = testGuard({ ...captchakit, limits: concurrency({ limit: 1 }) });
    await guarded.ask("GET /");
    const { reply } = await guarded.ask("GET /");
    expect(JSON.parse(reply!.body)).toEqual({ error: "rate_limited", retry_after: 1 });
  });
});

describe("the fields of a limit on concurrency", () => {
  test("draft-11: a unit, no window and no time", async () => {
    const headers = rateLimitHeaders(await third([running, minute]), { partitionKey: true });
    const { "RateLimit-Policy": policy, RateLimit: limit } = headers;
    const pk = /;pk=:[^:]+:/.exec(policy)![0];
    expect(policy).toBe(`"running";q=2;qu="concurrent-requests"${pk}, "minute";q=2;w=60${pk}`);
    expect(limit).toBe(`"running";r=0${pk}, "minute";r=0;t=60${pk}`);
  });

  test.each(["draft-7", "draft-6"] as const)(
    "%s, which needs a window, tells no policy of it",
    async (headers) => {
      expect(rateLimitHeaders(await third([running, minute]), { headers })["RateLimit-Policy"]).toBe(
        "2;w=60",
      );
      expect(rateLimitHeaders(await third(running), { headers })["RateLimit-Policy"]).toBeUndefined();
    },
  );
});
