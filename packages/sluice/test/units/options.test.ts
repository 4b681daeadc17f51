import { describe, expect, test } from "vitest";
import {
  adaptive,
  type AdaptiveOptions,
  fixedWindow,
  gcra,
  leakyBucket,
  memoryStore,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "../../src/index.ts";
import { nearestWord } from "../../src/errors/nearestWord.ts";
import { faultOf } from "./faultOf.ts";

const MAKERS = {
  slidingWindow,
  fixedWindow,
  slidingLog,
  tokenBucket,
  leakyBucket,
  gcra,
  adaptive,
  memoryStore,
};

function make(maker: keyof typeof MAKERS, options: unknown): unknown {
  return MAKERS[maker](options as never);
}

describe("a misspelt option", () => {
  test.each<[keyof typeof MAKERS, string, string]>([
    ["slidingWindow", "limt", "limit"],
    ["slidingWindow", "Window", "window"],
    ["slidingWindow", "countdenied", "countDenied"],
    ["fixedWindow", "ancor", "anchor"],
    ["slidingLog", "maxEntry", "maxEntries"],
    ["tokenBucket", "capcity", "capacity"],
    ["tokenBucket", "refil", "refill"],
    ["leakyBucket", "leek", "leak"],
    ["gcra", "brust", "burst"],
    ["adaptive", "burstMultiplyer", "burstMultiplier"],
    ["adaptive", "lowload", "lowLoad"],
    ["adaptive", "hardlimit", "hardLimit"],
    ["memoryStore", "maxkey", "maxKeys"],
  ])("of %s: %s is told to be %s", (maker, wrong, nearest) => {
    const fault = faultOf(() => make(maker, { [wrong]: 1 }));
    expect(fault).toMatchObject({ code: "UNKNOWN_OPTION", value: wrong, path: wrong, nearest });
    expect(fault?.message).toContain(`${maker} has no option "${wrong}"; did you mean "${nearest}"?`);
  });

  test("that is near to none is told which there are", () => {
    const fault = faultOf(() => make("memoryStore", { ttl: 1 }));
    expect(fault?.message).toBe('memoryStore has no option "ttl"; it has maxKeys, clock, onOverflow');
  });

  test("of one algorithm is not taken by another", () => {
    expect(faultOf(() => tokenBucket({ capacity: 1, refill: "1/s", window: "1s" } as never))?.code).toBe(
      "UNKNOWN_OPTION",
    );
    expect(faultOf(() => slidingWindow({ limit: 1, window: "1s", anchor: "clock" } as never))?.code).toBe(
      "UNKNOWN_OPTION",
    );
  });

  test.each(Object.keys(MAKERS) as (keyof typeof MAKERS)[])(
    "options of %s that are no object are told so",
    (maker) => {
      for (const options of [null, 10, "10/s", [], () => {}]) {
        const fault = faultOf(() => make(maker, options));
        expect(fault).toMatchObject({
          code: "INVALID_OPTION",
          message: expect.stringMatching(/takes an object of options/) as string,
        });
      }
    },
  );
});

test("onOverflow of a memory store is a function", () => {
  for (const value of [null, "log"]) {
    const fault = faultOf(() => make("memoryStore", { onOverflow: value }));
    expect(fault).toMatchObject({ code: "INVALID_OPTION", value, path: "onOverflow" });
  }
});

describe("an amount", () => {
  test.each<[string, (amount: number) => unknown]>([
    ["limit", (limit) => slidingWindow({ limit, window: "1ms" })],
    ["limit", (limit) => fixedWindow({ limit, window: "1s" })],
    ["limit", (limit) => slidingLog({ limit, window: "1s", maxEntries: 1_000_000 })],
    ["limit", (limit) => adaptive({ limit, window: "1s", burstMultiplier: 1 })],
    ["capacity", (capacity) => tokenBucket({ capacity, refill: "1000/s" })],
    ["capacity", (capacity) => leakyBucket({ capacity, leak: "1000/s" })],
    ["burst", (burst) => gcra({ burst, rate: "1000/s" })],
  ])("case 7: %s is a whole number from 0 to 1e9, else the nearest is named", (path, make) => {
    for (const value of [-1, 1.5, 1e9 + 1, 1e15, Infinity, -Infinity]) {
      const fault = faultOf(() => make(value));
      expect(fault).toMatchObject({ code: "INVALID_LIMIT", value, path });
      expect(fault).toBeInstanceOf(TypeError);
      expect(fault?.nearest).toBe(Math.min(Math.max(Math.round(value), 0), 1e9));
    }
    for (const value of [Number.NaN, "10", null, undefined, 10n, {}]) {
      expect(faultOf(() => make(value as number))).toMatchObject({ code: "INVALID_LIMIT", path });
    }
    expect(faultOf(() => make(0))).toBeUndefined();
  });

  test.each(["countDenied", "dryRun"])("%s is true or false", (path) => {
    for (const value of [0, 1, "true", null]) {
      const fault = faultOf(() => slidingWindow({ limit: 1, window: "1s", [path]: value }));
      expect(fault).toMatchObject({ code: "INVALID_OPTION", value, path });
    }
  });

  test("anchor is one of two words", () => {
    const fault = faultOf(() => fixedWindow({ limit: 1, window: "1s", anchor: "first" as "clock" }));
    expect(fault).toMatchObject({ code: "INVALID_OPTION", nearest: "clock", path: "anchor" });
  });
});

const made = (options: Partial<AdaptiveOptions>) => () => adaptive({ limit: 10, window: "1m", ...options });

describe("an option of adaptive", () => {
  test.each<[keyof AdaptiveOptions, unknown, unknown]>([
    ["burstMultiplier", 0.5, 1],
    ["burstMultiplier", 1.0005, 1.001],
    ["burstMultiplier", 2000, 1000],
    ["highLoad", 0, 0.001],
    ["highLoad", 1.1, 1],
    ["lowLoad", -0.1, 0],
    ["lowLoad", 0.8, 0.799],
    ["penalty", 1.5, 1],
    ["penalty", -1, 0],
    ["hardLimit", 9, 10],
    ["load", "all", "key"],
  ])("%s %s names %s, which is accepted", (path, value, nearest) => {
    const fault = faultOf(made({ [path]: value }));
    expect(fault).toMatchObject({ code: "INVALID_OPTION", value, path });
    expect(fault?.nearest).toBe(nearest);
    const lowLoad = path === "highLoad" ? { lowLoad: 0 } : {};
    expect(faultOf(made({ [path]: fault?.nearest, ...lowLoad }))).toBeUndefined();
  });

  test("that is no number is told", () => {
    for (const option of ["burstMultiplier", "highLoad", "lowLoad", "penalty"] as const) {
      for (const value of ["1", Number.NaN, true, {}]) {
        expect(faultOf(made({ [option]: value }))).toMatchObject({ code: "INVALID_OPTION", path: option });
      }
    }
    expect(faultOf(made({ loadWindow: "1w" as "1d" }))?.code).toBe("INVALID_DURATION");
    expect(faultOf(made({ hardLimit: 10.5 }))).toMatchObject({ code: "INVALID_LIMIT", nearest: 11 });
  });

  test("load shared needs loadLimit, and key takes none", () => {
    expect(faultOf(made({ load: "shared" }))).toMatchObject({
      code: "INVALID_OPTION",
      path: "loadLimit",
      nearest: "10/m",
    });
    expect(faultOf(made({ load: "shared", loadLimit: "10/m" }))).toBeUndefined();
    expect(faultOf(made({ loadLimit: "10/m" }))).toMatchObject({ code: "INVALID_OPTION", path: "loadLimit" });
    expect(faultOf(made({ load: "shared", loadLimit: "fast" as "1/s" }))?.code).toBe("INVALID_LIMIT");
  });

  test("may cut the cap to as little as one", () => {
    expect(made({ limit: 1, burstMultiplier: 1, penalty: 1, lowLoad: 0, highLoad: 0.001 })().limit).toBe(1);
    expect(made({ burstMultiplier: 2.5, hardLimit: 12 })().limit).toBe(12);
    expect(made({ limit: 3, burstMultiplier: 1.5 })().limit).toBe(4);
  });
});

describe("maxKeys", () => {
  test.each([
    [1.5, 2],
    [0, 1],
    [-5, 1],
    [0.4, 1],
    [2 ** 24 + 1, 2 ** 24],
    [Infinity, 2 ** 24],
  ])("%d names %d, which is accepted", (maxKeys, nearest) => {
    expect(faultOf(() => memoryStore({ maxKeys }))).toMatchObject({
      code: "INVALID_OPTION",
      path: "maxKeys",
      nearest,
    });
    expect(faultOf(() => memoryStore({ maxKeys: nearest }))).toBeUndefined();
  });
});

describe("nearestWord", () => {
  test("is the word of the fewest edits, if it is near at all", () => {
    expect(nearestWord("limt", ["window", "limit"])).toBe("limit");
    expect(nearestWord("LIMIT", ["limit"])).toBe("limit");
    expect(nearestWord("x", ["window", "limit"])).toBeUndefined();
    expect(nearestWord("", ["ab"])).toBeUndefined();
    expect(nearestWord("a", [])).toBeUndefined();
  });
});
