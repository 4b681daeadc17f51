import {
  adaptive,
  type Decision,
  fixedWindow,
  gcra,
  leakyBucket,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  rateLimitHeaders,
  slidingLog,
  slidingWindow,
  type SyncLimiter,
  tokenBucket,
} from "sluice";
import { describe, expect, test } from "vitest";
import { stillClock, type StillClock } from "../guard/stillClock.ts";
import { bytes, items } from "./items.ts";

function limiterOf(limits: LimitsInput): { limiter: SyncLimiter; clock: StillClock } {
  const clock = stillClock();
  return { limiter: rateLimiter({ limits, store: memoryStore({ clock }) }), clock };
}

function fieldsOf(decision: Decision | readonly Decision[]): Record<string, string> {
  return rateLimitHeaders(decision);
}

const decision = (limits: LimitsInput, cost = 1): Decision =>
  limiterOf(limits).limiter.consumeSync("k", { cost });

const algorithms = {
  fixedWindow: (limit: number, window: number) => fixedWindow({ limit, window }),
  firstCall: (limit: number, window: number) => fixedWindow({ limit, window, anchor: "first-call" }),
  slidingWindow: (limit: number, window: number) => slidingWindow({ limit, window }),
  slidingLog: (limit: number, window: number) => slidingLog({ limit, window }),
  tokenBucket: (limit: number, window: number) =>
    tokenBucket({ capacity: limit, refill: { amount: limit, per: window } }),
  leakyBucket: (limit: number, window: number) =>
    leakyBucket({ capacity: limit, leak: { amount: limit, per: window } }),
  gcra: (limit: number, window: number) => gcra({ burst: limit, rate: { amount: limit, per: window } }),
  adaptive: (limit: number, window: number) => adaptive({ limit, window }),
};
const names = Object.keys(algorithms) as (keyof typeof algorithms)[];

describe("the fields of draft-11", () => {
  test("case 01: 100 in 60 s, first request", () => {
    const { clock, limiter } = limiterOf("100/m");
    clock.advance(20_000);
    const fields = fieldsOf(limiter.consumeSync("k"));
    expect(fields["RateLimit-Policy"]).toBe('"default";q=100;w=60');
    expect(fields["RateLimit"]).toMatch(/^"default";r=99;t=([1-9]|[1-5]\d|60)$/);
    expect(Object.keys(fields)).toEqual(["RateLimit-Policy", "RateLimit"]);
    expect(items(fields["RateLimit-Policy"])).toEqual([{ value: "default", parameters: { q: 100, w: 60 } }]);
    const [item] = items(fields["RateLimit"]);
    expect(item.parameters).toEqual({ r: 99, t: expect.any(Number) });
  });

  test.each(names)(
    "case 01: %s is told as a policy, and t is from 1 to w while something is spent",
    (name) => {
      const { limiter, clock } = limiterOf(algorithms[name](10, 60_000));
      for (let i = 0; i < 12; i++) {
        const fields = fieldsOf(limiter.consumeSync("k"));
        const [policy] = items(fields["RateLimit-Policy"]);
        const [limit] = items(fields["RateLimit"]);
        expect(policy.value).toBe("default");
        expect(policy.parameters["w"]).toBeGreaterThanOrEqual(60);
        expect(limit.parameters["t"]).toSatisfy(Number.isInteger);
        expect(limit.parameters["t"]).toBeGreaterThanOrEqual(1);
        expect(limit.parameters["t"]).toBeLessThanOrEqual(policy.parameters["w"] as number);
        clock.advance(1234.567);
      }
    },
  );

  test("t of a bucket is the time until there is one more", () => {
    const { limiter, clock } = limiterOf(tokenBucket({ capacity: 10, refill: "1/m" }));
    expect(fieldsOf(limiter.consumeSync("k", { cost: 4 }))["RateLimit"]).toBe('"default";r=6;t=60');
    clock.advance(45_000);
    expect(fieldsOf(limiter.peekSync("k", { cost: 0 }))["RateLimit"]).toBe('"default";r=6;t=15');
    clock.advance(14_000.5);
    expect(fieldsOf(limiter.peekSync("k", { cost: 0 }))["RateLimit"]).toBe('"default";r=6;t=1');
  });

  test("t of a fixed window is the time until its end", () => {
    const { limiter, clock } = limiterOf(fixedWindow({ limit: 10, window: "1m" }));
    clock.advance(48_000.001);
    expect(fieldsOf(limiter.consumeSync("k"))["RateLimit"]).toBe('"default";r=9;t=12');
  });

  test("w of a bucket is the time in which it fills, rounded up", () => {
    expect(fieldsOf(decision(tokenBucket({ capacity: 10, refill: "3/s" })))["RateLimit-Policy"]).toBe(
      '"default";q=10;w=4',
    );
  });

  test("nothing spent: t is 0", () => {
    expect(fieldsOf(decision("10/m", 0))["RateLimit"]).toBe('"default";r=10;t=0');
  });

  test("case 07: a window below one second has no w", () => {
    const fields = fieldsOf(decision(slidingWindow({ limit: 5, window: 500 })));
    expect(fields["RateLimit-Policy"]).toBe('"default";q=5');
    expect(fields["RateLimit"]).toBe('"default";r=4;t=1');
  });

  test("case 07: limit 0 is told, and has no Retry-After", () => {
    for (const name of names.filter((name) => !/bucket|gcra/i.test(name))) {
      const fields = fieldsOf(decision(algorithms[name](0, 60_000)));
      expect(fields["RateLimit-Policy"]).toBe('"default";q=0;w=60');
      expect(items(fields["RateLimit"])[0].parameters["r"]).toBe(0);
      expect(fields).not.toHaveProperty("Retry-After");
      expect(fields["Cache-Control"]).toBe("no-store");
    }
    const bucket = fieldsOf(decision(tokenBucket({ capacity: 0, refill: "1/s" })));
    expect(bucket["RateLimit"]).toBe('"default";r=0;t=0');
  });

  test("the longest window is an integer that the syntax can hold", () => {
    const fields = fieldsOf(decision(fixedWindow({ limit: 1e9, window: "366d" })));
    expect(items(fields["RateLimit-Policy"])[0].parameters).toEqual({ q: 1e9, w: 31_622_400 });
  });
});

describe("names", () => {
  test('case 06: a"b\\c is escaped, and comes back', () => {
    const fields = fieldsOf(decision(slidingWindow({ limit: 5, window: "1m", name: 'a"b\\c' })));
    expect(fields["RateLimit-Policy"]).toBe('"a\\"b\\\\c";q=5;w=60');
    expect(items(fields["RateLimit-Policy"])[0].value).toBe('a"b\\c');
    expect(items(fields["RateLimit"])[0].value).toBe('a"b\\c');
  });

  test("case 06: every printable name comes back, also one that looks like syntax", () => {
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
    for (const name of [
      printable.slice(0, 64),
      printable.slice(31),
      '"',
      "\\",
      '";q=1, "x',
      " ",
      ", ",
      "a;r=9",
    ]) {
      const fields = fieldsOf(decision(slidingWindow({ limit: 5, window: "1m", name })));
      expect(items(fields["RateLimit-Policy"])).toEqual([{ value: name, parameters: { q: 5, w: 60 } }]);
      expect(items(fields["RateLimit"]).map(({ value }) => value)).toEqual([name]);
    }
  });

  test.each(["café", "a\nb", "a\r\nX-Evil: 1", "", "\0", "a\u2028b", "x".repeat(65)])(
    "case 06: %j is refused",
    (name) => {
      expect(() => slidingWindow({ limit: 5, window: "1m", name })).toThrow(TypeError);
    },
  );
});

describe("refusals", () => {
  test("case 02: 300 ms to wait is Retry-After 1", () => {
    const { limiter } = limiterOf(slidingLog({ limit: 1, window: 300 }));
    limiter.consumeSync("k");
    const refused = limiter.consumeSync("k");
    expect(refused.retryAfterMs).toBe(300);
    expect(fieldsOf(refused)["Retry-After"]).toBe("1");
  });

  test("case 02: over 10,000 random states Retry-After is whole seconds, rounded up and at least 1", () => {
    const random = randomNumbers(20261122);
    for (let i = 0; i < 10_000; i++) {
      const name = names[Math.floor(random() * names.length)];
      const limit = 1 + Math.floor(random() ** 3 * 50);
      const window = 1 + Math.floor(random() ** 4 * 5_000_000);
      const { limiter, clock } = limiterOf(algorithms[name](limit, window));
      clock.advance(random() * window);
      for (let n = 0; n < limit * 3 && limiter.consumeSync("k").allowed; n++)
        clock.advance((random() * window) / limit / 9);
      const refused = limiter.peekSync("k", { cost: limit });
      if (refused.allowed) continue;
      const fields = fieldsOf(refused);
      expect(fields["Retry-After"]).toMatch(/^[1-9]\d*$/);
      const over = Number(fields["Retry-After"]) * 1000 - refused.retryAfterMs;
      expect(over).toBeGreaterThanOrEqual(0);
      expect(over).toBeLessThan(1000);
      expect(Number(items(fields["RateLimit"])[0].parameters["t"])).toBeLessThanOrEqual(
        Number(fields["Retry-After"]),
      );
    }
  });

  test.each(names)(
    "case 03: %s lets the call pass exactly at Retry-After, and not a unit before its wait is over",
    (name) => {
      const { limiter, clock } = limiterOf(algorithms[name](7, 10_007));
      clock.advance(3210.123);
      for (let n = 0; n < 100 && limiter.consumeSync("k").allowed; n++) clock.advance(3.111);
      const refused = limiter.consumeSync("k");
      expect(refused.allowed).toBe(false);
      const seconds = Number(fieldsOf(refused)["Retry-After"]);
      clock.advance(refused.retryAfterMs - 0.001);
      expect(limiter.peekSync("k").allowed).toBe(false);
      clock.advance(seconds * 1000 - refused.retryAfterMs + 0.001);
      expect(limiter.consumeSync("k").allowed).toBe(true);
    },
  );

  test("case 04: two violated policies: the longer wait, two members in each field", () => {
    const { limiter, clock } = limiterOf([
      fixedWindow({ limit: 1, window: "5s", name: "burst" }),
      fixedWindow({ limit: 1, window: "40s", name: "steady" }),
    ]);
    clock.advance(40_000 - (Date.UTC(2026, 0, 1) % 40_000));
    limiter.consumeSync("k");
    const fields = fieldsOf(limiter.consumeSync("k"));
    expect(fields).toEqual({
      "RateLimit-Policy": '"burst";q=1;w=5, "steady";q=1;w=40',
      RateLimit: '"burst";r=0;t=5, "steady";r=0;t=40',
      "Retry-After": "40",
      "Cache-Control": "no-store",
    });
  });

  test("t of what refuses ends no later than Retry-After", () => {
    const { limiter, clock } = limiterOf("10/m");
    limiter.consumeSync("k", { cost: 10 });
    clock.advance(66_000);
    expect(fieldsOf(limiter.consumeSync("k"))["RateLimit"]).toBe('"default";r=0;t=60');
    const fields = fieldsOf(limiter.consumeSync("k"));
    expect(fields).toMatchObject({ RateLimit: '"default";r=0;t=6', "Retry-After": "6" });
  });

  test("a cost that can never pass has no Retry-After", () => {
    const fields = fieldsOf(decision("10/m", 11));
    expect(fields["RateLimit"]).toBe('"default";r=10;t=0');
    expect(fields).not.toHaveProperty("Retry-After");
    expect(fields["Cache-Control"]).toBe("no-store");
  });

  test("of several decisions one that can never pass decides", () => {
    const refused = limiterOf("1/m").limiter;
    refused.consumeSync("k");
    const fields = fieldsOf([refused.consumeSync("k"), decision("10/m", 11)]);
    expect(fields).not.toHaveProperty("Retry-After");
    expect(items(fields["RateLimit"])).toHaveLength(2);
  });

  test("several decisions of one request are told together", () => {
    const first = decision(slidingWindow({ limit: 5, window: "1m", name: "a" }));
    const second = limiterOf(slidingLog({ limit: 1, window: "10s", name: "b" }));
    second.limiter.consumeSync("k");
    const fields = fieldsOf([first, second.limiter.consumeSync("k")]);
    expect(items(fields["RateLimit-Policy"]).map(({ value }) => value)).toEqual(["a", "b"]);
    expect(items(fields["RateLimit"]).map(({ parameters }) => parameters["r"])).toEqual([4, 0]);
    expect(fields["Retry-After"]).toBe("10");
  });

  test("limits in dryRun are not told", () => {
    const dry = slidingWindow({ limit: 1, window: "1m", name: "dry", dryRun: true });
    const { limiter } = limiterOf([dry, slidingWindow({ limit: 9, window: "1m", name: "real" })]);
    limiter.consumeSync("k");
    const fields = fieldsOf(limiter.consumeSync("k"));
    expect(items(fields["RateLimit-Policy"]).map(({ value }) => value)).toEqual(["real"]);
    expect(fieldsOf(decision(dry))).toEqual({});
  });
});

describe("blocked keys", () => {
  const limit = decision("10/m");
  const blocked: Decision = { ...limit, allowed: false, reason: "blocked", retryAfterMs: 90_000 };

  test("nothing remains, and t is no later than Retry-After", () => {
    expect(fieldsOf(blocked)).toEqual({
      "RateLimit-Policy": '"default";q=10;w=60',
      RateLimit: '"default";r=0;t=60',
      "Retry-After": "90",
      "Cache-Control": "no-store",
    });
    expect(fieldsOf({ ...blocked, retryAfterMs: 4_000.1 })["RateLimit"]).toBe('"default";r=0;t=5');
  });

  test("also at the request that starts the block", () => {
    const refusing = { ...limit.limits[0], allowed: false, remaining: 0, retryAfterMs: 1000 };
    const other = { ...limit.limits[0], name: "other" };
    const starting: Decision = { ...blocked, reason: "limited", limits: [refusing, other] };
    expect(fieldsOf(starting)["RateLimit"]).toBe('"default";r=0;t=60, "other";r=0;t=60');
  });

  test.each([
    ["token bucket", tokenBucket({ capacity: 100, refill: "1/m" })],
    ["leaky bucket", leakyBucket({ capacity: 100, leak: "1/m" })],
    ["gcra", gcra({ burst: 100, rate: "1/m" })],
  ])("of a %s t is the end of the block, however much of it is left", async (_, limit) => {
    const { limiter } = limiterOf(limit);
    limiter.consumeSync("k");
    await limiter.block("k", "90s");
    expect(fieldsOf(limiter.consumeSync("k"))["RateLimit"]).toBe('"default";r=0;t=90');
    await limiter.block("k", "1h");
    limiter.consumeSync("other", { cost: 100 });
    await limiter.block("other", "1h");
    expect(fieldsOf(limiter.consumeSync("other"))["RateLimit"]).toBe('"default";r=0;t=3600');
  });

  test("each limit has its own reset, or that of the block", async () => {
    const { limiter } = limiterOf([
      fixedWindow({ limit: 10, window: "10s", name: "short", anchor: "first-call" }),
      fixedWindow({ limit: 5, window: "1d", name: "daily", anchor: "first-call" }),
    ]);
    limiter.consumeSync("k");
    await limiter.block("k", "1m");
    const resets = { headers: { reset: "x-reset-{name}" } } as const;
    expect(rateLimitHeaders(limiter.consumeSync("k"), resets)).toMatchObject({
      "x-reset-short": "60",
      "x-reset-daily": "86400",
    });
  });

  test("older styles do not invite either", () => {
    expect(rateLimitHeaders(blocked, { headers: "legacy" })).toEqual({
      "X-RateLimit-Limit": "10",
      "X-RateLimit-Remaining": "0",
      "X-RateLimit-Reset": "120",
      "Retry-After": "90",
      "Cache-Control": "no-store",
    });
  });
});

describe("what no store decided", () => {
  const { limits, ...decided } = decision("10/m");

  test("case 42: a decision that failed open claims nothing", () => {
    expect(fieldsOf({ ...decided, limits, degraded: "open" })).toEqual({});
  });

  test("case 42: one that failed closed has Retry-After and no numbers", () => {
    const closed: Decision = {
      ...decided,
      limits,
      allowed: false,
      degraded: "closed",
      reason: "store-error",
      retryAfterMs: 1000,
    };
    expect(fieldsOf(closed)).toEqual({ "Retry-After": "1", "Cache-Control": "no-store" });
  });
});

const pk = (key: string): string =>
  rateLimitHeaders(limiterOf("10/m").limiter.consumeSync(key), { partitionKey: true })["RateLimit"];

describe("the partition key", () => {
  const keys = ["ip:203.0.113.9", "user:42", "apikey:0123456789abcdef0123456789abcdef", "é".repeat(200)];

  test("case 11: is off by default", () => {
    expect(JSON.stringify(fieldsOf(decision("10/m")))).not.toContain("pk");
  });

  test.each(keys)("case 11: of %s has equal bytes in both fields, which do not contain it", (key) => {
    const fields = rateLimitHeaders(limiterOf("10/m").limiter.consumeSync(key), { partitionKey: true });
    const [policy] = items(fields["RateLimit-Policy"]);
    const [limit] = items(fields["RateLimit"]);
    const text = Buffer.from(bytes(policy.parameters["pk"])).toString("latin1");
    expect(bytes(policy.parameters["pk"])).toEqual(bytes(limit.parameters["pk"]));
    expect(text).toHaveLength(16);
    for (const part of [key, ...key.split(":")]) expect(text).not.toContain(part);
  });

  test("differs by key, and is the same in every process", () => {
    expect(new Set(keys.map(pk)).size).toBe(keys.length);
    expect(pk("user:42")).toBe(pk("user:42"));
  });
});

/** Repeatable numbers from 0 to below 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
