import { describe, expect, test } from "vitest";
import {
  fixedWindow,
  type LimitsInput,
  memoryStore,
  rateLimiter,
  slidingWindow,
  tokenBucket,
} from "../../src/index.ts";

const namesOf = (limits: LimitsInput) =>
  rateLimiter({ limits })
    .peekSync("a")
    .limits.map(({ name }) => name);
const clash = expect.objectContaining({ name: "ConfigurationError", code: "NAME_CLASH" });

describe("a limit", () => {
  test("is called by its name; alone, default; beside others, by its limit string", () => {
    expect(namesOf("10/s")).toEqual(["default"]);
    expect(namesOf(slidingWindow({ limit: 10, window: "1s", name: "burst" }))).toEqual(["burst"]);
    expect(
      namesOf(["10/s", "5 per 10 minutes", { ...slidingWindow({ limit: 1, window: "1h", name: "hourly" }) }]),
    ).toEqual(["10/s", "5/10m", "hourly"]);
  });

  test("that cannot be told from another is refused", () => {
    const twins = [
      ["10/s", "10/s"],
      ["10/s", "20/s"],
      ["10/s", slidingWindow({ limit: 10, window: 1000 })],
      [
        slidingWindow({ limit: 1, window: "1s", name: "a" }),
        fixedWindow({ limit: 1, window: "1m", name: "a" }),
      ],
      [slidingWindow({ limit: 1, window: "1s", name: "1/m" }), "1/m"],
    ] as LimitsInput[];
    for (const limits of twins) expect(() => rateLimiter({ limits })).toThrow(clash);
    expect(() => rateLimiter({ limits: ["10/s", "20/s"] })).toThrow('give each a name: { name: "..." }');
  });

  test("of the same window but another algorithm or name stands beside it", () => {
    const window = slidingWindow({ limit: 10, window: "1s", name: "other" });
    expect(() => rateLimiter({ limits: ["10/s", window] })).not.toThrow();
    expect(() =>
      rateLimiter({ limits: ["10/s", tokenBucket({ capacity: 10, refill: "20/s" })] }),
    ).not.toThrow();
  });

  test("case 6: has a name of printable ASCII, 1 to 64 characters", () => {
    for (const name of ["", "café", "a\nb", "x".repeat(65), 1, null] as string[]) {
      expect(() => slidingWindow({ limit: 1, window: "1s", name })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", path: "name" }),
      );
    }
    expect(namesOf(slidingWindow({ limit: 1, window: "1s", name: 'a"b\\c' }))).toEqual(['a"b\\c']);
  });
});

describe("two limiters on one store", () => {
  test("under one name spend from the same states, and must have the same limits", () => {
    const store = memoryStore();
    const first = rateLimiter({ limits: "2/d", store });
    const second = rateLimiter({ limits: slidingWindow({ limit: 2, window: "1d" }), store });
    first.consumeSync("a");
    expect(second.consumeSync("a").remaining).toBe(0);
    expect(() => rateLimiter({ limits: "3/d", store })).toThrow(clash);
    expect(() =>
      rateLimiter({ limits: slidingWindow({ limit: 2, window: "1d", dryRun: true }), store }),
    ).toThrow(clash);
  });

  test("under different names or namespaces are apart", () => {
    const store = memoryStore();
    const limits = "1/d";
    const limiters = [
      rateLimiter({ limits, store }),
      rateLimiter({ limits, store, name: "login" }),
      rateLimiter({ limits, store, namespace: "shop" }),
      rateLimiter({ limits: "2/d", store, namespace: "shop", name: "login" }),
    ];
    expect(limiters.map((limiter) => limiter.consumeSync("a").allowed)).toEqual([true, true, true, true]);
    expect(limiters.map((limiter) => limiter.consumeSync("a").allowed)).toEqual([false, false, false, true]);
  });
});

const wrong = (options: unknown) => () => rateLimiter(options as { limits: LimitsInput });

describe("what rateLimiter is not told rightly", () => {
  test("is refused at construction with a code and the nearest", () => {
    expect(wrong({ limit: "1/s" })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_OPTION", nearest: "limits" }),
    );
    expect(wrong({ limits: "1/s", names: "a" })).toThrow(expect.objectContaining({ nearest: "name" }));
    for (const options of [undefined, null, "1/s", ["1/s"]]) {
      expect(wrong(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    }
    for (const limits of [undefined, [], {}, 10, [[]], "10", { limit: 1, window: "1s" }, [null]]) {
      expect(wrong({ limits })).toThrow(expect.objectContaining({ code: "INVALID_LIMIT" }));
    }
    for (const store of [null, 1, {}, "memory"]) {
      expect(wrong({ limits: "1/s", store })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", path: "store" }),
      );
    }
    for (const namespace of ["", "é", "x".repeat(65), 1]) {
      expect(wrong({ limits: "1/s", namespace })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", path: "namespace" }),
      );
    }
    for (const name of ["", "\n", "x".repeat(257)]) {
      expect(wrong({ limits: "1/s", name })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", path: "name" }),
      );
    }
  });
});
