import { fixedWindow, memoryStore, rateLimiter } from "sluice";
import { describe, expect, test } from "vitest";
import { testGuard, type TestGuard } from "./ask.ts";

const perSecond = fixedWindow({ limit: 2, window: "1s", anchor: "first-call" });

async function retryAfter(guarded: TestGuard, line: string): Promise<string | undefined> {
  return new Map((await guarded.ask(line)).reply?.headers).get("Retry-After");
}

describe("blockFor", () => {
  test("S3.26, S3.27: who exceeds the limit is refused for the whole time", async () => {
    const guarded = testGuard({ rules: [{ limits: perSecond, blockFor: "60s" }] });
    expect(await guarded.admits("GET /")).toBe(2);
    for (let second = 1; second < 60; second++) {
      guarded.clock.advance(1000);
      expect(await guarded.status("GET /")).toBe(429);
    }
    guarded.clock.advance(1000);
    expect(await guarded.admits("GET /")).toBe(2);
  });

  test("S3.51: Retry-After is the block at the request that starts it, counts down, and further tries do not prolong it", async () => {
    const guarded = testGuard({ rules: [{ limits: perSecond, blockFor: "60s" }] });
    await guarded.ask("GET /");
    await guarded.ask("GET /");
    expect(await retryAfter(guarded, "GET /")).toBe("60");
    guarded.clock.advance(10_000);
    expect(await retryAfter(guarded, "GET /")).toBe("50");
    guarded.clock.advance(49_999.999);
    expect(await retryAfter(guarded, "GET /")).toBe("1");
    guarded.clock.advance(0.001);
    expect(await guarded.status("GET /")).toBe(200);
  });

  test("does not start on a cost that can never fit", async () => {
    const guarded = testGuard({
      rules: [{ path: "/a", limits: "2/m", cost: 3, blockFor: "1m" }, { limits: "2/m" }],
    });
    expect(await guarded.status("GET /a")).toBe(429);
    expect(await guarded.status("GET /b")).toBe(200);
  });

  test("a refusal by nothing but the block names no policy", async () => {
    const guarded = testGuard({ rules: [{ limits: perSecond, blockFor: "60s" }] });
    await guarded.admits("GET /");
    guarded.clock.advance(5000);
    const { reply, decided } = await guarded.ask("GET /");
    expect(JSON.parse(reply!.body)).not.toHaveProperty("violated-policies");
    expect(decided[0].decision.reason).toBe("blocked");
    expect(new Map(reply!.headers).get("RateLimit")).toBe('"default";r=0;t=1');
  });
});

describe("blockScope", () => {
  const rules = [
    { path: "/free" },
    { path: "/a", limits: perSecond, pool: "p", blockFor: "60s" as const },
    { path: "/b", limits: perSecond, pool: "p" },
    { path: "/c", limits: perSecond },
  ];
  const scoped = (blockScope: "namespace" | "pool" | "rule") =>
    testGuard({ rules: rules.map((rule) => ("limits" in rule ? { ...rule, blockScope } : rule)) });

  test("S3.52: by default a block covers every limited rule of the key, and none without limits", async () => {
    const guarded = testGuard({ rules });
    await guarded.admits("GET /a");
    guarded.clock.advance(5000);
    expect(await guarded.status("GET /b")).toBe(429);
    expect(await guarded.status("GET /c")).toBe(429);
    expect(await guarded.status("GET /free")).toBe(200);
    expect(await guarded.status("GET /c", { key: "bob" })).toBe(200);
  });

  test("pool: the rules of the pool", async () => {
    const guarded = scoped("pool");
    await guarded.admits("GET /a");
    guarded.clock.advance(5000);
    expect(await guarded.status("GET /a")).toBe(429);
    expect(await guarded.status("GET /b")).toBe(429);
    expect(await guarded.status("GET /c")).toBe(200);
  });

  test("rule: this rule", async () => {
    const guarded = scoped("rule");
    await guarded.admits("GET /a");
    guarded.clock.advance(5000);
    expect(await guarded.status("GET /a")).toBe(429);
    expect(await guarded.status("GET /b")).toBe(200);
    expect(await guarded.status("GET /c")).toBe(200);
  });

  test.each(["pool", "rule"] as const)(
    "%s: guards with names of their own do not share blocks",
    async (blockScope) => {
      const store = memoryStore();
      const options = { store, rules: [{ limits: "1/m" as const, blockFor: "1m" as const, blockScope }] };
      await testGuard({ ...options, name: "a" }).admits("GET /");
      expect(await testGuard({ ...options, name: "b" }).status("GET /")).toBe(200);
    },
  );

  test("namespace: a limiter of the namespace is covered too", async () => {
    const store = memoryStore();
    await testGuard({ store, rules: [{ limits: "1/m", blockFor: "1m" }] }).admits("GET /");
    const limiter = rateLimiter({ store, limits: "9/m", name: "other" });
    expect(limiter.consumeSync("ann").reason).toBe("blocked");
    expect(rateLimiter({ store, limits: "9/m", namespace: "else" }).consumeSync("ann").allowed).toBe(true);
  });

  // The store looks for blocks under the key of the states, which for these rules holds the path.
  test("S3.52: a block covers rules with a pool by path, and starts from them", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/user/:id", limits: perSecond, pool: "path", blockFor: "60s" },
        { path: "/c", limits: perSecond },
      ],
    });
    await guarded.admits("GET /user/1");
    expect(await guarded.status("GET /user/2")).toBe(429);
    expect(await guarded.status("GET /c")).toBe(429);
  });
});

describe("dryRun", () => {
  test("of a rule counts and tells, never refuses, tells the client nothing and starts no block", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", limits: "2/m", dryRun: true, blockFor: "1m" },
        { path: "/b", limits: "2/m" },
      ],
    });
    for (const allowed of [true, true, false, false]) {
      const { reply, headers, decided } = await guarded.ask("GET /a");
      expect(reply).toBeUndefined();
      expect(headers).toEqual([]);
      expect(decided.map(({ decision }) => decision.allowed)).toEqual([allowed]);
    }
    expect(await guarded.status("GET /b")).toBe(200);
  });

  test("of the guard does so for every rule", async () => {
    const store = memoryStore();
    const rules = [{ limits: "1/m" as const, blockFor: "1m" as const }];
    const dry = testGuard({ store, dryRun: true, rules });
    expect(await dry.admits("GET /")).toBe(100);
    const { headers, decided } = await dry.ask("GET /");
    expect(headers).toEqual([]);
    expect(decided[0].decision).toMatchObject({ allowed: false, reason: "limited" });
    expect(rateLimiter({ store, limits: "9/m", name: "other" }).consumeSync("ann").allowed).toBe(true);
  });

  test("of a limit leaves the others to decide", async () => {
    const trial = fixedWindow({ limit: 1, window: "1m", name: "trial", dryRun: true });
    const guarded = testGuard({ limits: [trial, fixedWindow({ limit: 3, window: "1m", name: "real" })] });
    expect(await guarded.admits("GET /")).toBe(3);
    const { reply } = await guarded.ask("GET /");
    expect(reply?.headers.flat().join(" ")).not.toContain("trial");
    expect(reply?.body).not.toContain("trial");
  });

  test("onLimit is not asked about a refusal that does not happen", async () => {
    let asked = 0;
    const guarded = testGuard({ limits: "1/m", dryRun: true, onLimit: () => (asked++, undefined) });
    await guarded.admits("GET /");
    expect(asked).toBe(0);
  });
});
