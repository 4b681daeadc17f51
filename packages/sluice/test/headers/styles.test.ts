import {
  anthropicHeaders,
  ConfigurationError,
  type Decision,
  fixedWindow,
  type HeaderStyle,
  type HeaderTemplate,
  type LimitsInput,
  memoryStore,
  openAiHeaders,
  rateLimiter,
  rateLimitHeaders,
  slidingWindow,
} from "sluice";
import { parseDictionary, parseList } from "structured-headers";
import { describe, expect, test } from "vitest";
import { stillClock } from "../guard/stillClock.ts";

function decide(limits: LimitsInput, calls = 1, atMs = 0): Decision {
  const clock = stillClock();
  clock.advance(atMs);
  const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
  for (let i = 1; i < calls; i++) limiter.consumeSync("k");
  return limiter.consumeSync("k");
}

const legacy = (...decisions: Decision[]): Record<string, string> =>
  rateLimitHeaders(decisions, { headers: "legacy" });

const minute = fixedWindow({ limit: 100, window: "1m", name: "minute" });
const hour = fixedWindow({ limit: 1000, window: "1h", name: "hour" });

describe("draft-7", () => {
  test("tells the policies, and the limit nearest to refusing", () => {
    expect(rateLimitHeaders(decide([minute, hour], 50, 30_000), { headers: "draft-7" })).toEqual({
      "RateLimit-Policy": "100;w=60, 1000;w=3600",
      RateLimit: "limit=100, remaining=50, reset=30",
    });
  });

  test("is a dictionary and a list of structured fields", () => {
    const fields = rateLimitHeaders(decide([minute, hour]), { headers: "draft-7" });
    const dictionary = parseDictionary(fields["RateLimit"]);
    expect([...dictionary].map(([key, [value]]) => [key, value])).toEqual([
      ["limit", 100],
      ["remaining", 99],
      ["reset", 60],
    ]);
    expect(parseList(fields["RateLimit-Policy"])).toHaveLength(2);
  });

  test("leaves out the policy of less than a second, whose window it cannot tell", () => {
    const fields = rateLimitHeaders(decide(slidingWindow({ limit: 5, window: 500 })), { headers: "draft-7" });
    expect(fields).toEqual({ RateLimit: "limit=5, remaining=4, reset=1" });
  });

  test("tells one of two policies with the same quota: that over the longer time", () => {
    const limits = [fixedWindow({ limit: 5, window: "1m" }), fixedWindow({ limit: 5, window: "1h" })];
    const fields = rateLimitHeaders(decide(limits), { headers: "draft-7" });
    expect(fields["RateLimit-Policy"]).toBe("5;w=3600");
  });
});

test("draft-6 has a field for each number", () => {
  expect(rateLimitHeaders(decide([minute, hour], 50, 30_000), { headers: "draft-6" })).toEqual({
    "RateLimit-Policy": "100;w=60, 1000;w=3600",
    "RateLimit-Limit": "100",
    "RateLimit-Remaining": "50",
    "RateLimit-Reset": "30",
  });
});

test("legacy has X-RateLimit fields, reset in whole delta seconds", () => {
  expect(rateLimitHeaders(decide(minute, 1, 22_500), { headers: "legacy" })).toEqual({
    "X-RateLimit-Limit": "100",
    "X-RateLimit-Remaining": "99",
    "X-RateLimit-Reset": "38",
  });
});

test("none leaves Retry-After and Cache-Control to a refusal", () => {
  expect(rateLimitHeaders(decide("1/m"), { headers: "none" })).toEqual({});
  expect(rateLimitHeaders(decide("1/m", 2), { headers: "none" })).toEqual({
    "Retry-After": "120",
    "Cache-Control": "no-store",
  });
});

test.each<HeaderStyle>(["draft-11", "draft-7", "draft-6", "legacy", "none", openAiHeaders])(
  "case 08: a refusal in style %j is not to be stored",
  (headers) => {
    expect(rateLimitHeaders(decide("1/m", 2), { headers })["Cache-Control"]).toBe("no-store");
    expect(rateLimitHeaders(decide("1/m"), { headers })).not.toHaveProperty("Cache-Control");
  },
);

test("of several decisions the refusing one with the longest wait is told, else the one with the least left", () => {
  const short = decide(fixedWindow({ limit: 1, window: "5s" }), 2);
  const long = decide(fixedWindow({ limit: 2, window: "1m" }), 3);
  expect(legacy(decide("9/m"), short, long)["X-RateLimit-Limit"]).toBe("2");
  expect(legacy(long, short, decide("9/m"))["X-RateLimit-Limit"]).toBe("2");
  expect(legacy(decide("9/m"), decide("5/m"))["X-RateLimit-Limit"]).toBe("5");
});

describe("templates", () => {
  const requests = fixedWindow({ limit: 60, window: "1m", name: "requests" });
  const tokens = fixedWindow({ limit: 150_000, window: "6m", name: "tokens" });

  test("case 12: OpenAI's fields, reset as Go writes durations", () => {
    expect(rateLimitHeaders(decide([requests, tokens], 1, 59_000), { headers: openAiHeaders })).toEqual({
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-limit-tokens": "150000",
      "x-ratelimit-remaining-requests": "59",
      "x-ratelimit-remaining-tokens": "149999",
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-reset-tokens": "5m1s",
    });
    const [tokensField] = Object.values(
      rateLimitHeaders(decide(tokens), { headers: { reset: "x-{name}", resetAs: "duration" } }),
    );
    expect(tokensField).toBe("6m0s");
  });

  test("case 12: Anthropic's fields, reset as RFC 3339 in whole seconds rounded up", () => {
    const nowMs = Date.UTC(2026, 10, 22, 6, 4, 0, 1);
    expect(rateLimitHeaders(decide(requests), { headers: anthropicHeaders, nowMs })).toEqual({
      "anthropic-ratelimit-requests-limit": "60",
      "anthropic-ratelimit-requests-remaining": "59",
      "anthropic-ratelimit-requests-reset": "2026-11-22T06:05:01Z",
    });
  });

  test.each([
    [0, "0s"],
    [0.001, "1ms"],
    [250, "250ms"],
    [1000, "1s"],
    [1500, "1.5s"],
    [59_999.5, "1m0s"],
    [60_001, "1m0.001s"],
    [360_000, "6m0s"],
    [3_600_000, "1h0m0s"],
    [90_061_500, "25h1m1.5s"],
  ])("%d ms is %s in Go's writing", (resetAfterMs, text) => {
    const [limit] = decide("1/m").limits;
    const decision = { ...decide("1/m"), resetAfterMs, limits: [{ ...limit, resetAfterMs }] };
    expect(rateLimitHeaders(decision, { headers: { reset: "r", resetAs: "duration" } })).toEqual({ r: text });
  });

  test("without {name} only the limit nearest to refusing is told", () => {
    const headers: HeaderTemplate = {
      limit: "x-limit",
      remaining: "x-left",
      reset: "x-reset",
      resetAs: "unix",
    };
    expect(rateLimitHeaders(decide([requests, tokens]), { headers, nowMs: 1_000_000_000_500 })).toEqual({
      "x-limit": "60",
      "x-left": "59",
      "x-reset": "1000000061",
    });
  });

  test("a name that no field can have is spelt with hyphens", () => {
    const limit = fixedWindow({ limit: 1, window: "1m", name: 'a b:"c' });
    expect(rateLimitHeaders(decide(limit), { headers: openAiHeaders })).toHaveProperty([
      "x-ratelimit-limit-a-b--c",
    ]);
  });

  test.each([
    [{ limit: "x limit" }, "headers.limit"],
    [{ remaining: "x\r\nSet-Cookie: a=b" }, "headers.remaining"],
    [{ reset: "" }, "headers.reset"],
    [{ reset: 5 }, "headers.reset"],
    [{ limit: "x-{nmae}" }, "headers.limit"],
    [{ resetAs: "secs" }, "headers.resetAs"],
    [{ limit: "x-l", remaining: "x-l" }, "headers.remaining"],
    [{ limit: "x-{name}", reset: "X-{name}" }, "headers.reset"],
  ])("%j is refused", (headers, path) => {
    expect(() => rateLimitHeaders(decide("1/m"), { headers: headers as HeaderTemplate })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", path }) as ConfigurationError,
    );
  });
});

describe("wrong options", () => {
  test.each([
    [{ headers: "draft-10" }, "INVALID_OPTION", "draft-11"],
    [{ headers: "Legacy" }, "INVALID_OPTION", "legacy"],
    [{ headers: true }, "INVALID_OPTION", "draft-11"],
    [{ headers: null }, "INVALID_OPTION", "draft-11"],
    [{ headers: "draft-8" }, "INVALID_OPTION", "draft-11"],
    [{ headers: false }, "INVALID_OPTION", "none"],
    [{ headers: { limits: "x" } }, "UNKNOWN_OPTION", "limit"],
    [{ partitionkey: true }, "UNKNOWN_OPTION", "partitionKey"],
    [{ partitionKey: "yes" }, "INVALID_OPTION", false],
    [{ nowMs: "5" }, "INVALID_OPTION", undefined],
    [{ nowMs: Number.NaN }, "INVALID_OPTION", undefined],
    [{ nowMs: -1 }, "INVALID_OPTION", undefined],
  ])("%j", (options, code, nearest) => {
    expect(() => rateLimitHeaders(decide("1/m"), options as object)).toThrow(
      expect.objectContaining({ code, nearest }) as ConfigurationError,
    );
  });
});

describe("a refusal of what can never pass", () => {
  const styles: HeaderStyle[] = ["draft-11", "draft-7", "draft-6", "legacy", "none", openAiHeaders];
  test.each(styles)(
    "has no Retry-After in style %j, and tells the same once it was kept as JSON",
    (headers) => {
      const never = rateLimiter({
        limits: ["3/m", fixedWindow({ limit: 0, window: "1h", name: "closed" })],
        store: memoryStore({ clock: stillClock() }),
      }).consumeSync("k");
      expect(never).toMatchObject({ reason: "never", retryAfterMs: Infinity });
      const fields = rateLimitHeaders(never, { headers, nowMs: 0 });
      expect(fields).not.toHaveProperty("Retry-After");
      const kept = JSON.parse(JSON.stringify(never)) as Decision;
      expect(rateLimitHeaders(kept, { headers, nowMs: 0 })).toEqual(fields);
      expect(rateLimitHeaders([decide("9/m"), kept], { headers, nowMs: 0 })).not.toHaveProperty(
        "Retry-After",
      );
    },
  );
});

describe("what is no decision", () => {
  test("a promise of one is told to be awaited", () => {
    const limiter = rateLimiter({ limits: "1/m" });
    for (const decisions of [limiter.consume("a"), [limiter.consume("b")]])
      expect(() => rateLimitHeaders(decisions as never)).toThrow(
        expect.objectContaining({
          code: "INVALID_OPTION",
          message: expect.stringContaining("await") as string,
        }) as ConfigurationError,
      );
  });

  test.each([[undefined], [null], ["a"], [{}], [[null]], [{ allowed: true }]])("%j", (decisions) => {
    expect(() => rateLimitHeaders(decisions as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", value: [decisions].flat()[0] }) as ConfigurationError,
    );
  });
});
