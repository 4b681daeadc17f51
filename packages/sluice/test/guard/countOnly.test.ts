import { fixedWindow, guard, type GuardOptions, memoryStore, StoreError, tokenBucket } from "sluice";
import { describe, expect, test, vi } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { testGuard, type TestGuard } from "./ask.ts";

/** Asks, and answers with this status if the request passes. */
async function answer(guarded: TestGuard, status: number | undefined, line = "GET /"): Promise<number> {
  const { reply, answered } = await guarded.ask(line);
  await answered?.(status);
  return reply?.status ?? 200;
}

/** How many requests in a row are let through and answered with this status, at most 20. */
async function admitted(guarded: TestGuard, status: number | undefined): Promise<number> {
  let passed = 0;
  while (passed < 20 && (await answer(guarded, status)) === 200) passed++;
  return passed;
}

describe("which answers are counted", () => {
  test.each<["failed" | "successful", status: number | undefined, passed: number]>([
    ["failed", 200, 20],
    ["failed", 304, 20],
    ["failed", 101, 20],
    ["failed", 399, 20],
    ["failed", 400, 3],
    ["failed", 401, 3],
    ["failed", 503, 3],
    ["failed", undefined, 3],
    ["successful", 200, 3],
    ["successful", 302, 3],
    ["successful", 400, 20],
    ["successful", 500, 20],
    ["successful", undefined, 20],
  ])("%s, answered with %s: %d pass", async (countOnly, status, passed) => {
    expect(await admitted(testGuard({ limits: "3/m", countOnly }), status)).toBe(passed);
  });
});

test("of the guard holds for rules that do not say so themselves", async () => {
  const guarded = testGuard({
    countOnly: "failed",
    rules: [
      { path: "/a", limits: "1/m", countOnly: "successful" },
      { path: "/b", limits: "1/m" },
    ],
  });
  expect([await answer(guarded, 500, "GET /a"), await answer(guarded, 200, "GET /a")]).toEqual([200, 200]);
  expect([await answer(guarded, 200, "GET /b"), await answer(guarded, 500, "GET /b")]).toEqual([200, 200]);
  expect([await answer(guarded, 200, "GET /a"), await answer(guarded, 200, "GET /b")]).toEqual([429, 429]);
});

test("fields tell what remains if the request counts, and a refusal is like any other", async () => {
  const guarded = testGuard({ limits: fixedWindow({ limit: 1, window: "1m" }), countOnly: "failed" });
  for (let i = 0; i < 2; i++) {
    const { headers, answered } = await guarded.ask("GET /");
    expect(new Map(headers).get("RateLimit")).toContain(";r=0;");
    await answered?.(i === 0 ? 200 : 401);
  }
  const { reply, answered } = await guarded.ask("GET /");
  expect(new Map(reply?.headers).get("Retry-After")).toBe("60");
  expect(answered).toBeUndefined();
  guarded.clock.advance(60_000);
  expect(await guarded.status("GET /")).toBe(200);
});

test("nobody needs to watch for answers where nothing depends on them", async () => {
  const guarded = testGuard({
    rules: [{ path: "/a", limits: "9/m" }, { path: "/free" }, { limits: "9/m", countOnly: "failed" }],
  });
  expect((await guarded.ask("GET /a")).answered).toBeUndefined();
  expect((await guarded.ask("GET /free")).answered).toBeUndefined();
  expect((await guarded.ask("GET /")).answered).toBeTypeOf("function");
});

test("a request is charged once, however often its end is told", async () => {
  const guarded = testGuard({ limits: "2/m", countOnly: "failed" });
  const { answered } = await guarded.ask("GET /");
  await Promise.all([answered?.(500), answered?.(500), answered?.(undefined)]);
  await answered?.(500);
  expect(await admitted(guarded, 500)).toBe(1);
});

test("the cost is asked for once, before, and charged after", async () => {
  const cost = vi.fn<() => Promise<number>>(async () => 2);
  const guarded = testGuard({ limits: "5/m", countOnly: "failed", cost });
  expect(await admitted(guarded, 500)).toBe(2);
  expect(cost).toHaveBeenCalledTimes(3);
});

describe("requests at once", () => {
  async function atOnce(guarded: TestGuard, count: number): Promise<number> {
    const passages = await Promise.all(Array.from({ length: count }, () => guarded.ask("GET /")));
    await Promise.all(passages.map(async ({ answered }) => answered?.(401)));
    return passages.filter(({ reply }) => reply === undefined).length;
  }

  test("all that are under way pass, and then the limit is full", async () => {
    const guarded = testGuard({ limits: "5/m", countOnly: "failed" });
    expect(await atOnce(guarded, 50)).toBe(50);
    expect(await atOnce(guarded, 50)).toBe(0);
  });

  test("no limit is spared because another is full, or the cost is too large for what remains", async () => {
    const limits = [
      fixedWindow({ limit: 5, window: "1m", name: "minute" }),
      fixedWindow({ limit: 20, window: "1h", name: "hour" }),
    ];
    const guarded = testGuard({ limits, countOnly: "failed", cost: 3 });
    await atOnce(guarded, 50);
    guarded.clock.advance(60_000);
    expect(await guarded.status("GET /")).toBe(429);
    guarded.clock.advance(3_600_000 - 60_000);
    expect(await guarded.status("GET /")).toBe(200);
  });

  test("what others take between two tries is not taken twice", async () => {
    const guarded = testGuard({
      limits: tokenBucket({ capacity: 10, refill: "1/h" }),
      countOnly: "failed",
      cost: ({ target }) => target.length,
    });
    const passages = await Promise.all(
      ["/aa", "/aaaaaa", "/aaa", "/a"].map((path) => guarded.ask(`GET ${path}`)),
    );
    await Promise.all(passages.map(async ({ answered }) => answered?.(500)));
    expect((await guarded.ask("GET /")).decided[0].decision.remaining).toBe(0);
  });
});

describe("blocks", () => {
  test("who exceeds the limit is blocked, though the limit was only looked at", async () => {
    const limits = fixedWindow({ limit: 2, window: "1s" });
    const guarded = testGuard({ rules: [{ limits, countOnly: "failed", blockFor: "10m" }] });
    expect(await admitted(guarded, 401)).toBe(2);
    guarded.clock.advance(599_999);
    expect(await guarded.status("GET /")).toBe(429);
    guarded.clock.advance(1);
    expect(await guarded.status("GET /")).toBe(200);
  });

  test("a limit that counts what it refuses does so here, too", async () => {
    const limits = tokenBucket({ capacity: 1, refill: "1/m", countDenied: true });
    const guarded = testGuard({ limits, countOnly: "failed" });
    expect(await admitted(guarded, 401)).toBe(1);
    guarded.clock.advance(30_000);
    expect(await guarded.status("GET /")).toBe(429);
    guarded.clock.advance(59_999);
    expect(await guarded.status("GET /")).toBe(429);
  });
});

describe("with further guards", () => {
  const also = (more: Partial<GuardOptions>): GuardOptions => ({ limits: "2/m", ...more });

  test("each is charged by the one answer", async () => {
    const guarded = testGuard({
      ...also({ countOnly: "failed" }),
      also: [also({ countOnly: "successful", identify: () => "all" })],
    });
    for (const status of [200, 401, 200]) expect(await answer(guarded, status)).toBe(200);
    expect(await answer(guarded, 200)).toBe(429);
  });

  test("what a further guard refuses has not been answered by the route: nothing is charged", async () => {
    const guarded = testGuard({
      ...also({ countOnly: "failed" }),
      also: [also({ limits: "0/m", identify: () => "all" })],
    });
    for (let i = 0; i < 5; i++) {
      const { reply, answered, decided } = await guarded.ask("GET /");
      expect([reply?.status, answered]).toEqual([429, undefined]);
      expect(decided[0].decision.allowed).toBe(true);
    }
  });
});

test("a dry run is charged by the answer, and refuses nobody", async () => {
  const guarded = testGuard({ limits: "1/m", dryRun: true, countOnly: "failed" });
  await answer(guarded, 500);
  const { reply, decided } = await guarded.ask("GET /");
  expect([reply, decided[0].decision.allowed]).toEqual([undefined, false]);
});

describe("a store that fails", () => {
  test("beforehand: as the policy says", async () => {
    const store = memoryStore();
    const guarded = testGuard({ store, limits: "1/m", countOnly: "failed" });
    await store.close();
    await expect(guarded.ask("GET /")).rejects.toThrow(StoreError);
  });

  test("afterwards: answered does not reject, and NOT_COUNTED is warned once", async () => {
    const store = memoryStore();
    const onWarning = vi.fn<(warning: { code: string; message: string }) => void>();
    const guarded = testGuard({ store, limits: "9/m", countOnly: "failed", onWarning });
    const passages = await Promise.all([guarded.ask("GET /"), guarded.ask("GET /")]);
    await store.close();
    for (const { answered } of passages) await expect(answered?.(500)).resolves.toBeUndefined();
    expect(onWarning.mock.calls.map(([{ code }]) => code)).toEqual(["NOT_COUNTED"]);
  });
});

describe("the policy for a store that fails answers before, and is charged after", () => {
  const failing = (onStoreError: GuardOptions["onStoreError"]) => {
    const store = faultyStore();
    const codes: string[] = [];
    const guarded = testGuard({
      store,
      limits: "3/m",
      countOnly: "failed",
      ...(onStoreError !== undefined && { onStoreError }),
      onEvent: () => undefined,
      onWarning: ({ code }) => void codes.push(code),
    });
    return { store, guarded, codes };
  };

  test("local: the stand-in counts", async () => {
    const { store, guarded, codes } = failing("local");
    store.fault = DOWN;
    expect(await admitted(guarded, 401)).toBe(3);
    expect(codes).toEqual([]);
  });

  test("open: all pass, closed: none", async () => {
    const open = failing("open");
    open.store.fault = DOWN;
    expect(await admitted(open.guarded, 401)).toBe(20);
    const closed = failing("closed");
    closed.store.fault = DOWN;
    expect(await answer(closed.guarded, 401)).toBe(503);
  });

  test.each(["local", "open", "closed", "throw"] as const)(
    "%s: a store that fails between question and charge rejects nowhere",
    async (policy) => {
      const { store, guarded, codes } = failing(policy);
      const { answered } = await guarded.ask("GET /");
      store.fault = DOWN;
      await expect(answered?.(401)).resolves.toBeUndefined();
      expect(codes).toEqual(policy === "throw" ? ["NOT_COUNTED"] : []);
    },
  );
});

test.each(["all", "failure", true, null])("countOnly: %j is refused at construction", (countOnly) => {
  const expected = expect.objectContaining({ code: "INVALID_OPTION", nearest: "failed" }) as Error;
  expect(() => guard({ limits: "1/m", countOnly: countOnly as "failed" })).toThrow(expected);
  expect(() => guard({ rules: [{ limits: "1/m", countOnly: countOnly as "failed" }] })).toThrow(expected);
});
