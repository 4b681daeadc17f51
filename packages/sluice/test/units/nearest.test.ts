import { inspect } from "node:util";
import {
  adaptive,
  type Duration,
  fixedWindow,
  guard,
  rateLimiter,
  slidingWindow,
  type Store,
  tokenBucket,
} from "sluice";
import { describe, expect, test } from "vitest";
import { nearestWord } from "../../src/errors/nearestWord.ts";
import { show } from "../../src/errors/show.ts";
import { showWhole } from "../../src/errors/showWhole.ts";
import type { Rate, RateString } from "../../src/units/rate.ts";
import { faultOf } from "./faultOf.ts";

describe("the nearest of a limit string", () => {
  test.each([
    ["100 / minute", "100/m"],
    [" 100/m ", "100/m"],
    ["1,000/m", "1000/m"],
    ["1_000 per hour", "1000/h"],
    ["5/hrs", "5/h"],
    ["5 every 10 mins", "5/10m"],
    ["100/month", "100/31d"],
    ["10/w", "10/7d"],
    ["10/minutess", "10/m"],
    ["-5/s", "0/s"],
    ["1.5/s", "2/s"],
    ["99999999999/s", "1000000000/s"],
    ["1/400d", "1/366d"],
    ["1/99999999999d", "1/366d"],
    ["2000000000/366d", "142418/366d"],
  ])("%j is %j, which is taken", (text, nearest) => {
    const fault = faultOf(() => rateLimiter({ limits: text as RateString }));
    expect(fault).toMatchObject({ value: text, path: "limits" });
    expect(fault?.message).toContain(JSON.stringify(nearest));
    expect(fault?.nearest).toBe(nearest);
    expect(faultOf(() => rateLimiter({ limits: nearest as RateString }))).toBeUndefined();
  });

  test.each(["", "fast", "10", "/s", "10/fortnight", "10/toString", "٣/s", "10//s"])(
    "%j is unknown",
    (text) => {
      const fault = faultOf(() => rateLimiter({ limits: text as RateString }));
      expect(fault).toMatchObject({ code: "INVALID_LIMIT", nearest: undefined });
    },
  );

  test("an amount that is too large is told as one, not as a mistake of grammar", () => {
    const fault = faultOf(() => rateLimiter({ limits: "99999999999/s" }));
    expect(fault?.message).toContain("must be a whole number from 0 to 1000000000, not 99999999999");
  });
});

describe("the nearest of a rate", () => {
  test.each<[unknown, string | undefined]>([
    ["0/s", "1/s"],
    ["1.5/s", "2/s"],
    ["5 / min", "5/m"],
    ["1/400d", "1/366d"],
    [{ amount: 0.5, per: "1s" }, "1/s"],
    [{ amount: "5", per: "1m" }, "5/m"],
    ["fast", undefined],
    [5, undefined],
  ])("%j is %j", (refill, nearest) => {
    const fault = faultOf(() => tokenBucket({ capacity: 1, refill: refill as Rate }));
    expect(fault).toMatchObject({ value: refill, path: "refill" });
    expect(fault?.nearest).toBe(nearest);
    if (nearest !== undefined)
      expect(faultOf(() => tokenBucket({ capacity: 1, refill: nearest as RateString }))).toBeUndefined();
  });

  test("what it was is shown, and what it has too much is named", () => {
    const half = faultOf(() => tokenBucket({ capacity: 1, refill: { amount: 0.5, per: "1s" } }));
    expect(half?.message).toContain('not { amount: 0.5, per: "1s" }; the nearest is "1/s"');
    const refill = { amount: 1, per: "1s", x: 1 } as unknown as Rate;
    expect(faultOf(() => tokenBucket({ capacity: 1, refill }))).toMatchObject({
      code: "UNKNOWN_OPTION",
      path: "refill.x",
    });
  });
});

describe("the nearest of a duration", () => {
  test.each<[unknown, number | undefined]>([
    ["1min", 60_000],
    ["1 minute", 60_000],
    ["60sec", 60_000],
    ["1.5h", 5_400_000],
    ["1000", 1000],
    ["1w", 604_800_000],
    ["soon", undefined],
    [{}, undefined],
    [{ minutes: undefined }, undefined],
    [{ seconds: 0 }, 1],
  ])("%j is %j", (window, nearest) => {
    const fault = faultOf(() => fixedWindow({ limit: 1, window: window as Duration }));
    expect(fault).toMatchObject({ code: "INVALID_DURATION", value: window, path: "window" });
    expect(fault?.nearest).toBe(nearest);
  });

  test("units that are undefined count as none", () => {
    expect(fixedWindow({ limit: 1, window: { minutes: undefined, seconds: 3 } }).windowMs).toBe(3000);
  });
});

describe("the nearest of a whole number", () => {
  const limiter = rateLimiter({ limits: "1/s" });
  test.each<[unknown, number | undefined]>([
    ["100", 100],
    ["5s", 5000],
    ["1 min", 60_000],
    [1.5, 2],
    [Number.NaN, undefined],
    [null, undefined],
    ["soon", undefined],
  ])("%j milliseconds is %j", async (timeoutMs, nearest) => {
    const wrong = timeoutMs as number;
    const fault = faultOf(() => rateLimiter({ limits: "1/s", timeoutMs: wrong }));
    expect(fault).toMatchObject({ code: "INVALID_OPTION", path: "timeoutMs" });
    expect(fault?.nearest).toBe(nearest);
    await expect(limiter.wait("a", { timeoutMs: wrong })).rejects.toMatchObject({ nearest });
  });

  test("that is an amount or a cost, as text, is that number", async () => {
    expect(faultOf(() => slidingWindow({ limit: "10" as never, window: "1s" }))?.nearest).toBe(10);
    await expect(limiter.consume("a", { cost: "3" as never })).rejects.toMatchObject({
      code: "INVALID_COST",
      nearest: 3,
    });
    await expect(limiter.consume("a", { cost: "many" as never })).rejects.toMatchObject({
      nearest: undefined,
    });
  });
});

test("a load window that no limit can be sensed over is at fault itself", () => {
  const make = (loadWindow: Duration) => adaptive({ limit: 10, window: "10s", loadWindow });
  const fault = faultOf(() => make("366d"));
  expect(fault).toMatchObject({ code: "LIMIT_TOO_FINE", value: "366d", path: "loadWindow" });
  const nearest = fault?.nearest as number;
  expect(faultOf(() => make(nearest))).toBeUndefined();
  expect(faultOf(() => make(nearest + 1))?.code).toBe("LIMIT_TOO_FINE");
});

test("a limit that went through JSON is told as such, and its numbers cannot be changed", () => {
  const limit = fixedWindow({ limit: 1, window: "1s" });
  const copy = JSON.parse(JSON.stringify(limit)) as typeof limit;
  const fault = faultOf(() => rateLimiter({ limits: copy }));
  expect(fault).toMatchObject({ code: "INVALID_LIMIT", path: "limits", value: copy });
  expect(fault?.message).toContain("a copy of a limit, as of JSON, which has lost its functions");
  expect(() => Object.assign(limit.params, { limit: 9 })).toThrow(TypeError);
});

test("every fault of a factory says of which option", () => {
  const faults = [
    () => slidingWindow({ limit: 1, window: "400d" }),
    () => slidingWindow({ limit: 1e9, window: "366d" }),
    () => tokenBucket({ capacity: 1e9, refill: "1/d" }),
    () => tokenBucket({ capacity: 1, refill: { amount: 1, per: "1month" as "1d" } }),
    () => adaptive({ limit: 10, window: "1m", loadWindow: "1w" as "1d" }),
  ].map((make) => faultOf(make)?.path);
  expect(faults).toEqual(["window", "limit", "capacity", "refill", "loadWindow"]);
});

describe("nearestWord", () => {
  const OPTIONS = [
    "limits",
    "rules",
    "deny",
    "skip",
    "name",
    "namespace",
    "timeoutMs",
    "events",
    "store",
    "headers",
  ];
  test.each([
    "windowMs",
    "points",
    "message",
    "handler",
    "redis",
    "key",
    "type",
    "ip",
    "user",
    "rate",
    "x",
    "",
  ])("sends %j nowhere", (word) => expect(nearestWord(word, OPTIONS)).toBeUndefined());

  test.each([
    ["limts", "limits"],
    ["lmiits", "limits"],
    ["timeout", "timeoutMs"],
    ["legacyHeaders", "headers"],
    ["nmae", "name"],
    ["Skip", "skip"],
  ])("sends %j to %j", (word, nearest) => expect(nearestWord(word, OPTIONS)).toBe(nearest));
});

test("an object is shown whole if it is small, plain, and holds no secret", () => {
  expect(showWhole({ amount: 0.5, per: "1s", on: true, off: undefined })).toBe(
    '{ amount: 0.5, per: "1s", on: true, off: undefined }',
  );
  expect(showWhole([1, "a", null])).toBe('[1, "a", null]');
  expect(showWhole({ apiKey: "abc" })).toBe("an object with keys apiKey");
  expect(showWhole({ password: "abc" })).toBe("an object with keys password");
  expect(showWhole(["abc"], "keys")).toBe("an array of 1");
  expect(showWhole({ a: {} })).toBe("an object with keys a");
  expect(showWhole({ a: "x".repeat(60) })).toBe("an object with keys a");
  expect(showWhole(new Date(0))).toBe("an object with keys (none)");
  expect(showWhole([])).toBe("an array of 0");
});

test.each([
  ["windowMs", "limits", 'amount and time are one text: limits: "100/m"'],
  ["timeWindow", "limits", 'amount and time are one text: limits: "100/m"'],
  ["identifier", "limits", 'a limit has the name: slidingWindow({ limit: 100, window: "1m", name: "api" })'],
  ["countDenied", "limits", 'a limit has it: slidingWindow({ limit: 100, window: "1m", countDenied: true })'],
  ["trustProxy", "identify", "addresses are read by identify: clientIp({ trustedProxies, ipv6Prefix })"],
  ["handler", "onLimit", "what a refusal answers is said by onLimit"],
  ["errorResponseBuilder", "onLimit", "what a refusal answers is said by onLimit"],
  ["skipFailedRequests", "countOnly", 'it is written countOnly: "successful"'],
  ["skipOnError", "onStoreError", 'it is written onStoreError: "open"'],
  ["keyPrefix", "namespace", "applications are kept apart by namespace"],
  ["redis", "store", "a client is handed over in a store: store: redisStore(client)"],
  ["allowList", "allow", "it is written allow: { keys, addresses }, or skip for a function"],
  ["groupId", "rules", 'a rule has it: rules: [{ limits: "100/m", pool: "api" }]'],
  ["blockFor", "rules", 'a rule has it: rules: [{ path: "/login", limits: "5/m", blockFor: "15m" }]'],
])("rateLimit that is given %s says what is written here", (name, nearest, told) => {
  const fault = faultOf(() => guard({ limits: "1/s", [name]: 1 }));
  expect(fault).toMatchObject({ code: "UNKNOWN_OPTION", value: name, path: name, nearest });
  expect(fault?.message).toContain(`no option "${name}"; ${told}. It has limits, rules`);
});

test.each([
  ["limts", 'did you mean "limits"? It has limits, rules'],
  ["validate", "; it has limits, rules"],
])("rateLimit that is given %s says what it has", (name, told) => {
  const fault = faultOf(() => guard({ limits: "1/s", [name]: 1 }));
  expect(fault).toMatchObject({ code: "UNKNOWN_OPTION", value: name, path: name });
  expect(fault?.message).toContain(told);
});

test.each([
  ["groupId", "pool", 'rules that count together have one pool: pool: "api"'],
  ["ban", "blockFor", 'it is written blockFor: "15m"'],
])("a rule that is given %s says what is written here", (name, nearest, told) => {
  const fault = faultOf(() => guard({ rules: [{ limits: "1/s", [name]: 1 }] }));
  expect(fault).toMatchObject({ code: "UNKNOWN_OPTION", path: `rules[0].${name}`, nearest });
  expect(fault?.message).toContain(told);
});

test("who gives arguments in place of options is told which options there are", () => {
  expect(faultOf(() => slidingWindow(10 as never))?.message).toBe(
    "slidingWindow takes an object of options, not 10; they are limit, window, name, by, countDenied, dryRun",
  );
});

test("of an object with many keys a message shows the first", () => {
  const client = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, () => i]));
  expect(show(client)).toBe("an object with keys k0, k1, k2, k3, k4, k5, k6, k7, ...");
});

test("no message shows who logs in with the URL of a server", () => {
  for (const login of ["me:pass", ":pass", "me:pa/ss@word"]) {
    for (const tail of ["", "x".repeat(80)]) {
      const shown = show(`redis://${login}@127.0.0.1:6379/${tail}`);
      expect(shown).toContain("redis://...@127.0.0.1:6379/");
      expect(shown).not.toContain("pa");
    }
  }
  expect(show("redis://127.0.0.1:6379")).toBe('"redis://127.0.0.1:6379"');
});

test.each([
  "postgres://db/app?user=me&password=p%40ss&a=b",
  "host=db password=p%40ss user=me",
  "redis://h?PASSWORD=p%40ss",
])("no message shows the password of %s, which clients read too", (given) => {
  expect(show(given)).toBe(JSON.stringify(given.replace("p%40ss", "...")));
});

test("an error that is logged with its fields does not tell the value, which may be a client with its password", () => {
  const fault = faultOf(() => rateLimiter({ limits: "1/s", store: { password: "abc" } as unknown as Store }));
  expect(fault?.value).toEqual({ password: "abc" });
  expect(inspect(fault)).not.toContain("abc");
  expect(JSON.stringify(fault)).not.toContain("abc");
});
