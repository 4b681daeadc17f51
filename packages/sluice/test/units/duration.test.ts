import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Duration, durationMs, LONGEST_MS } from "../../src/units/duration.ts";
import { faultOf } from "./faultOf.ts";

const read = (duration: unknown) => durationMs("fixedWindow window", duration as Duration);

describe("a duration", () => {
  test.each([" ", "1", "1 ", "a", ","])("a text of a million %j is refused in linear time", (piece) => {
    const long = piece.repeat(1_000_000);
    for (const text of [long, `1${long}!`, `1${long}s!`])
      expect(faultOf(() => read(text))).toMatchObject({
        code: "INVALID_DURATION",
      });
  });

  test.each([
    [1, 1],
    [1000, 1000],
    ["1ms", 1],
    ["500ms", 500],
    ["10s", 10_000],
    ["1m", 60_000],
    ["1h", 3_600_000],
    ["1d", 86_400_000],
    ["30d", 2_592_000_000],
    ["366d", LONGEST_MS],
    ["010s", 10_000],
    ["10S", 10_000],
    ["5M", 300_000],
    ["7MS", 7],
    [{ minutes: 1, seconds: 30 }, 90_000],
    [{ days: 1, hours: 1, minutes: 1, seconds: 1, milliseconds: 1 }, 90_061_001],
    [{ minutes: 0, seconds: 5 }, 5000],
  ])("%j is %d ms", (duration, ms) => {
    expect(read(duration)).toBe(ms);
  });

  const words = [
    "",
    " ",
    "s",
    "ms",
    "10",
    "10 s",
    " 10s",
    "10s ",
    "10s\n",
    "\t10s",
    "10sec",
    "10 seconds",
    "1month",
    "1mo",
  ];
  const signs = [
    "1w",
    "1y",
    "-1s",
    "+1s",
    "1.5s",
    ".5s",
    "1,000ms",
    "1_000ms",
    "1e3s",
    "0x10s",
    "10ss",
    "1h30m",
    "PT10S",
  ];
  const others = [
    "١0s",
    "１０s",
    "10ſ",
    "Infinitys",
    "NaNs",
    "9999999999999s",
    "10s/1m",
    "__proto__",
    "null",
  ];

  test.each([...words, ...signs, ...others])("%j is none", (text) => {
    expect(faultOf(() => read(text))).toMatchObject({ code: "INVALID_DURATION", value: text });
  });

  test.each<unknown>([
    undefined,
    null,
    true,
    1n,
    [],
    [10],
    {},
    { seconds: 0 },
    { seconds: -1 },
    { seconds: 1.5 },
    { seconds: "10" },
    { second: 1 },
    { weeks: 1 },
    { months: 1 },
    { seconds: Number.NaN },
    { toString: 1 },
    new Date(10_000),
    () => 1000,
  ])("%s is none", (value) => {
    expect(faultOf(() => read(value))).toMatchObject({ code: "INVALID_DURATION" });
  });

  test("of which the nearest is known names it, and takes it", () => {
    const given = [
      0,
      -1,
      0.4,
      1.5,
      999.7,
      LONGEST_MS + 1,
      1e15,
      Infinity,
      -Infinity,
      "0s",
      "367d",
      { days: 400 },
    ];
    for (const duration of given) {
      const fault = faultOf(() => read(duration));
      expect(fault).toMatchObject({ code: "INVALID_DURATION", value: duration });
      expect(fault?.message).toContain(`; the nearest is ${String(fault?.nearest)}`);
      expect(read(fault?.nearest)).toBe(fault?.nearest);
    }
    expect([0, 1.5, 1e15].map((ms) => faultOf(() => read(ms))?.nearest)).toEqual([1, 2, LONGEST_MS]);
    expect(faultOf(() => read(Number.NaN))?.nearest).toBeUndefined();
  });

  test("in units is their sum", () => {
    const count = fc.nat(1000);
    const units = fc.record({
      days: fc.nat(300),
      hours: count,
      minutes: count,
      seconds: count,
      milliseconds: count,
    });
    const property = fc.property(units, (sum) => {
      const { days, hours, minutes, seconds, milliseconds } = sum;
      const ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
      fc.pre(ms > 0);
      expect(read(sum)).toBe(ms);
    });
    fc.assert(property);
  });

  test("never takes a random string for one, unless it has the form of one", () => {
    const property = fc.property(
      fc.oneof(fc.string({ maxLength: 6 }), fc.stringMatching(/^[\d .smhd-]{1,6}$/)),
      (text) => {
        fc.pre(!/^\d{1,12}(ms|[smhd])$/i.test(text));
        expect(faultOf(() => read(text))?.code).toBe("INVALID_DURATION");
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });
});
