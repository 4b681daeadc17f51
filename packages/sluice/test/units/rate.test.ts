import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenBucket } from "../../src/algorithms/bucket/tokenBucket.ts";
import { rateLimiter } from "../../src/limiter/rateLimiter.ts";
import { parseRateString, type Rate, type RateString, reduceRate } from "../../src/units/rate.ts";
import { rateText } from "../../src/units/rateText.ts";
import { randomWindow } from "../algorithms/randomWindow.ts";
import { faultOf } from "./faultOf.ts";

const DAY = 86_400_000;

describe("a limit string", () => {
  test.each([
    ["10/s", 10, 1000],
    ["60/m", 60, 60_000],
    ["1000/h", 1000, 3_600_000],
    ["5000/d", 5000, DAY],
    ["5/ms", 5, 1],
    ["3/day", 3, DAY],
    ["3/days", 3, DAY],
    ["100 per minute", 100, 60_000],
    ["5 per 10 minutes", 5, 600_000],
    ["5/10m", 5, 600_000],
    ["5/10 minutes", 5, 600_000],
    ["7 per 500ms", 7, 500],
    ["1/2 sec", 1, 2000],
    ["10/S", 10, 1000],
    ["100 PER Minute", 100, 60_000],
    ["1/hours", 1, 3_600_000],
    ["0/s", 0, 1000],
    ["007/s", 7, 1000],
    ["1000000000/366d", 1_000_000_000, 366 * DAY],
  ])("%j is %d in %d ms", (text, amount, periodMs) => {
    expect(parseRateString(text)).toEqual({ amount, periodMs });
  });

  test.each([" ", "\t", "1", "1 ", "a", ","])("a text of a million %j is refused in linear time", (piece) => {
    const long = piece.repeat(1_000_000);
    for (const text of [long, `1/${long}`, `1 per ${long}!`, `1${long}/${long}m!`])
      expect(faultOf(() => rateLimiter({ limits: text as RateString }))).toMatchObject({
        code: "INVALID_LIMIT",
      });
  });

  const shapes = [
    "",
    "10",
    "10/",
    "/s",
    "10/0s",
    "10s",
    "10 s",
    "per s",
    "10 per",
    "10pers",
    "10//s",
    "10/s/s",
    "s/10",
    "10-s",
  ];
  const spaces = [
    "10 / s",
    "10/ s",
    " 10/s",
    "10/s ",
    "10/s\n",
    "10  per s",
    "10 per  s",
    "10 per 5  s",
    "10\tper s",
    "10 per\u00a0s",
  ];
  const numbers = [
    "-1/s",
    "+1/s",
    "1.5/s",
    "1e3/s",
    "1,000/s",
    "1_000/s",
    "0x10/s",
    "٣/s",
    "１/s",
    "1/1.5s",
    "∞/s",
  ];
  const units = [
    "10/month",
    "10/w",
    "10/y",
    "10/fortnight",
    "10/sek",
    "10/minutess",
    "10/µs",
    "10/toString",
    "10/valueOf",
    "10/__proto__",
  ];

  test.each([...shapes, ...spaces, ...numbers, ...units])("%j is none", (text) => {
    expect(parseRateString(text)).toBeUndefined();
    const limits = text as RateString;
    expect(faultOf(() => rateLimiter({ limits }))).toMatchObject({ code: "INVALID_LIMIT" });
    expect(faultOf(() => tokenBucket({ capacity: 1, refill: limits }))).toMatchObject({
      code: "INVALID_LIMIT",
    });
  });

  test("10/constructor is none", () => {
    // @ts-expect-error: nor does it compile
    expect(faultOf(() => rateLimiter({ limits: "10/constructor" }))).toBeDefined();
  });

  test("that is too long or too large is refused", () => {
    expect(faultOf(() => rateLimiter({ limits: "1/367d" }))).toMatchObject({ code: "INVALID_DURATION" });
    expect(faultOf(() => rateLimiter({ limits: "1000000001/s" }))).toMatchObject({
      code: "INVALID_LIMIT",
      nearest: "1000000000/s",
    });
    expect(faultOf(() => rateLimiter({ limits: "1000000000/d" }))).toMatchObject({ code: "LIMIT_TOO_FINE" });
    expect(faultOf(() => tokenBucket({ capacity: 1, refill: "0/s" }))).toMatchObject({
      code: "INVALID_LIMIT",
    });
  });

  test("that a limit is called by reads back as that limit", () => {
    const property = fc.property(fc.nat(1_000_000_000), randomWindow(fc, 100 * DAY), (amount, periodMs) => {
      expect(parseRateString(rateText({ amount, periodMs }))).toEqual({ amount, periodMs });
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("never takes a random string for one, unless it has the form of one", () => {
    const form = /^\d+(\/| per )(\d+ ?)?[a-z]+$/i;
    const property = fc.property(
      fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^[\d /.smhdper-]{1,8}$/)),
      (text) => {
        fc.pre(!form.test(text));
        expect(parseRateString(text)).toBeUndefined();
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });
});

describe("a rate", () => {
  test("is a limit string, an amount per duration, or the sum of a list, exactly", () => {
    expect(reduceRate("refill", "5/s")).toEqual({ amount: 5, periodMs: 1000 });
    expect(reduceRate("refill", { amount: 5, per: { minutes: 1, seconds: 30 } })).toEqual({
      amount: 5,
      periodMs: 90_000,
    });
    expect(reduceRate("refill", ["1/s", { amount: 30, per: "1h" }])).toEqual({
      amount: 3630,
      periodMs: 3_600_000,
    });
    const part = fc.record({
      amount: fc.integer({ min: 1, max: 1000 }),
      per: fc.integer({ min: 1, max: 10_000 }),
    });
    const property = fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      const { amount, periodMs } = reduceRate("refill", parts);
      const product = parts.reduce((all, { per }) => all * BigInt(per), 1n);
      const sum = parts.reduce((all, each) => all + (BigInt(each.amount) * product) / BigInt(each.per), 0n);
      expect(BigInt(amount) * product).toBe(sum * BigInt(periodMs));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test.each([
    [],
    {},
    null,
    5,
    { amount: 5 },
    { amount: 0, per: "1s" },
    { amount: 1.5, per: "1s" },
    { amount: 1e9 + 1, per: "1s" },
    { amount: "5", per: "1s" },
    { amount: 5, per: "1month" },
    ["5/s", "5"],
    [["5/s"]],
  ])("is not %j", (rate) => {
    const fault = faultOf(() => tokenBucket({ capacity: 1, refill: rate as Rate }));
    expect(["INVALID_LIMIT", "INVALID_DURATION"]).toContain(fault?.code);
  });

  test("whose sum is beyond exact numbers is refused, not rounded", () => {
    const refill = [1, 2, 3].map((n) => ({ amount: 999_999_937, per: 31_622_399_989 + n }));
    expect(faultOf(() => tokenBucket({ capacity: 1, refill }))).toMatchObject({ code: "LIMIT_TOO_FINE" });
  });
});
