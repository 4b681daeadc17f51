import {
  clientIp,
  type ConfigurationError,
  guard,
  type GuardOptions,
  memoryStore,
  rateLimiter,
  type Rule,
} from "sluice";
import { describe, expect, test } from "vitest";
import { testGuard } from "./ask.ts";

function refusal(options: unknown): unknown {
  try {
    guard(options as GuardOptions);
  } catch (error) {
    return error;
  }
  return undefined;
}

const limits = "1/m" as const;

describe("options that cannot work are refused at construction", () => {
  const wrong: [options: unknown, code: string, nearest?: unknown][] = [
    [undefined, "INVALID_OPTION"],
    [null, "INVALID_OPTION"],
    [[], "INVALID_OPTION"],
    ["100/m", "INVALID_OPTION"],
    [{}, "INVALID_OPTION"],
    [{ limits, rules: [{ limits }] }, "INVALID_OPTION"],
    [{ rules: [] }, "INVALID_OPTION"],
    [{ rules: { limits } }, "INVALID_OPTION"],
    [{ limit: "1/m" }, "UNKNOWN_OPTION", "limits"],
    [{ limits, identity: clientIp() }, "UNKNOWN_OPTION", "identify"],
    [{ limits, onlimit: () => undefined }, "UNKNOWN_OPTION", "onLimit"],
    [{ limits, dryrun: true }, "UNKNOWN_OPTION", "dryRun"],
    [{ limits, trustProxy: true }, "UNKNOWN_OPTION"],
    [{ windowMs: 1000 }, "UNKNOWN_OPTION", "limits"],
    [{ limits, keyGenerator: () => "" }, "UNKNOWN_OPTION", "identify"],
    [{ limits, handler: () => "" }, "UNKNOWN_OPTION", "onLimit"],
    [{ limits: "100 per fortnight" }, "INVALID_LIMIT"],
    [{ limits: [] }, "INVALID_LIMIT"],
    [{ limits: null }, "INVALID_LIMIT"],
    [{ limits, identify: [] }, "INVALID_OPTION"],
    [{ limits, identify: "x-api-key" }, "INVALID_OPTION"],
    [{ limits, identify: null }, "INVALID_OPTION"],
    [{ limits, store: new Map() }, "INVALID_OPTION"],
    [{ limits, store: null }, "INVALID_OPTION"],
    [{ limits, namespace: "" }, "INVALID_OPTION"],
    [{ limits, namespace: "é" }, "INVALID_OPTION"],
    [{ limits, namespace: "x".repeat(65) }, "INVALID_OPTION"],
    [{ limits, name: "a\nb" }, "INVALID_OPTION"],
    [{ limits, headers: "draft-8" }, "INVALID_OPTION"],
    [{ limits, headers: { limit: "x y" } }, "INVALID_OPTION"],
    [{ limits, partitionKey: "yes" }, "INVALID_OPTION", false],
    [{ limits, exposeHeaders: 1 }, "INVALID_OPTION", false],
    [{ limits, dryRun: "false" }, "INVALID_OPTION", false],
    [{ limits, skip: "/health" }, "INVALID_OPTION"],
    [{ limits, onLimit: { status: 429 } }, "INVALID_OPTION"],
    [{ limits, onIdentityError: "skip" }, "INVALID_OPTION"],
    [{ limits, onWarning: true }, "INVALID_OPTION"],
    [{ limits, onMissingIdentity: "share" }, "INVALID_OPTION", "throw"],
    [{ limits, onMissingIdentity: null }, "INVALID_OPTION", "throw"],
  ];
  test.each(wrong)("%o: %s", (options, code, nearest) => {
    expect(refusal(options)).toBeInstanceOf(TypeError);
    expect(refusal(options)).toMatchObject({ code, ...(nearest !== undefined && { nearest }) });
  });
});

describe("rules that cannot work are refused at construction, and told where they stand", () => {
  const wrong: [rule: unknown, code: string, nearest?: unknown][] = [
    [null, "INVALID_OPTION"],
    ["/login", "INVALID_OPTION"],
    [{ limits, methods: "GET" }, "UNKNOWN_OPTION", "method"],
    [{ limits, groups: "x" }, "UNKNOWN_OPTION", "group"],
    [{ limits, blockfor: "1m" }, "UNKNOWN_OPTION", "blockFor"],
    [{ path: "login", limits }, "INVALID_PATTERN", "/login"],
    [{ path: "/a*", limits }, "INVALID_PATTERN", "/a/**"],
    [{ path: "", limits }, "INVALID_PATTERN"],
    [{ path: 5, limits }, "INVALID_PATTERN"],
    [{ path: null, limits }, "INVALID_PATTERN"],
    [{ method: "GET POST", limits }, "INVALID_PATTERN"],
    [{ method: [], limits }, "INVALID_PATTERN"],
    [{ group: "", limits }, "INVALID_OPTION"],
    [{ group: [], limits }, "INVALID_OPTION"],
    [{ group: 5, limits }, "INVALID_OPTION"],
    [{ limits: "fast" }, "INVALID_LIMIT"],
    [{ limits: undefined }, "INVALID_LIMIT"],
    [{ limits: null }, "INVALID_LIMIT"],
    [{ limits: ["1/m", "2/m"] }, "NAME_CLASH"],
    [{ limits, pool: "" }, "INVALID_OPTION"],
    [{ limits, pool: "a\r\nb" }, "INVALID_OPTION"],
    [{ limits, pool: 7 }, "INVALID_OPTION"],
    [{ limits, cost: -1 }, "INVALID_COST"],
    [{ limits: "1/400d" }, "INVALID_DURATION", "1/366d"],
    [{ limits: "1000000000/d" }, "LIMIT_TOO_FINE", "52124995/d"],
    [{ limits: "2000000000/s" }, "INVALID_LIMIT", "1000000000/s"],
    [{ windowMs: 1000, max: 5 }, "UNKNOWN_OPTION", "limits"],
    [{ limits, blockFor: 0 }, "INVALID_DURATION"],
    [{ limits, blockFor: "1 minute" }, "INVALID_DURATION"],
    [{ limits, blockFor: -5 }, "INVALID_DURATION"],
    [{ limits, blockScope: "toString" }, "INVALID_OPTION", "namespace"],
    [{ limits, blockScope: "global" }, "INVALID_OPTION", "namespace"],
    [{ limits, dryRun: "no" }, "INVALID_OPTION"],
    [{ limits, dryRun: null }, "INVALID_OPTION", false],
  ];
  test.each(wrong)("%o: %s", (rule, code, nearest) => {
    const error = refusal({ rules: [{ limits, path: "/first" }, rule] });
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code, ...(nearest !== undefined && { nearest }) });
  });

  test.each(wrong)("%o is told with its place", (rule) => {
    const error = refusal({ rules: [{ limits, path: "/first" }, rule] }) as ConfigurationError;
    const option = Object.entries(rule ?? {}).find(([name]) => !["limits", "path"].includes(name))?.[0];
    if (typeof rule !== "object" || rule === null) return expect(error.message).toContain("rules[1]");
    expect(error.path).toMatch(/^rules\[1\]\./);
    if (option !== undefined) expect(error.path).toBe(`rules[1].${option}`);
    expect(error.message).toMatch(/^rules\[1\]/);
  });

  test("the message says which rule", () => {
    expect(String(refusal({ rules: [{ limits }, { limits, dryRun: 1 }] }))).toContain("rules[1] dryRun");
    expect(String(refusal({ rules: [{ limits }, { limit: "1/m" }] }))).toContain("rules[1] has no option");
  });

  test("limits as a function, which only limiters take, are told what to do instead, and where", () => {
    const told = { code: "INVALID_LIMIT", nearest: "100/m", value: expect.any(Function) as unknown };
    const message = expect.stringContaining("limits takes no function, give each group a rule") as string;
    const rule = { limits: () => "1/m" };
    expect(refusal({ rules: [{ limits, path: "/first" }, rule] })).toMatchObject({
      ...told,
      message: expect.stringMatching(/^rules\[1\] limits takes no function/) as string,
      path: "rules[1].limits",
    });
    expect(refusal(rule)).toMatchObject({ ...told, message, path: "limits" });
  });

  test("what stands in a further guard is told with its place", () => {
    const further = (guard: unknown) => refusal({ limits, also: [{ limits, name: "b" }, guard] });
    expect(further({ limts: "1/m" })).toMatchObject({
      path: "also[1].limts",
      message: expect.stringMatching(/^also\[1\]: rateLimit has no option "limts"/) as string,
    });
    expect(further({ rules: [{ limits }, { limits: "1/x" }] })).toMatchObject({
      path: "also[1].rules[1].limits",
    });
  });

  test("options may be an object of a class, which has getters", () => {
    class Settings {
      get limits() {
        return limits;
      }
      get rules() {
        return undefined;
      }
    }
    expect(refusal(new Settings())).toBeUndefined();
  });

  test("options of a prototype are no options", () => {
    const rule = JSON.parse('{ "limits": "1/m", "__proto__": { "dryRun": true } }') as Rule;
    expect(refusal({ rules: [rule] })).toMatchObject({ code: "UNKNOWN_OPTION" });
  });
});

describe("rules and guards that clash", () => {
  test("two guards on one store whose limits differ behind one pool", async () => {
    const store = memoryStore();
    testGuard({ store, limits: "1/m" });
    expect(() => testGuard({ store, limits: "2/m" })).toThrow(
      expect.objectContaining({ code: "NAME_CLASH" }) as Error,
    );
    expect(() => testGuard({ store, limits: "2/m", name: "b" })).not.toThrow();
  });

  test("guards that are the same share their counters", async () => {
    const store = memoryStore();
    expect(await testGuard({ store, limits: "3/m" }).admits("GET /")).toBe(3);
    expect(await testGuard({ store, limits: "3/m" }).admits("GET /")).toBe(0);
  });

  test("a limiter and a guard that share a store do not meet", async () => {
    const store = memoryStore();
    expect(rateLimiter({ store, limits: "1/m" }).consumeSync("ann").allowed).toBe(true);
    expect(await testGuard({ store, limits: "2/m" }).admits("GET /")).toBe(2);
  });

  test("two rules of one pool whose limits cannot be told apart share them", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", limits, pool: "p" },
        { path: "/b", limits, pool: "p" },
      ],
    });
    expect(await guarded.status("GET /a")).toBe(200);
    expect(await guarded.status("GET /b")).toBe(429);
  });
});

test("undefined stands for the default", async () => {
  const options = {
    limits,
    store: undefined,
    headers: undefined,
    name: undefined,
    dryRun: undefined,
    cost: undefined,
    skip: undefined,
  };
  expect(refusal(options)).toBeUndefined();
});
