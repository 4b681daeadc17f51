import { fixedWindow, guard, memoryStore, rateLimiter, slidingWindow, tokenBucket } from "sluice";
import { describe, expect, test } from "vitest";
import { faultOf } from "../units/faultOf.ts";

const limits = [
  fixedWindow({ limit: 2, window: "1d", by: "user" }),
  fixedWindow({ limit: 3, window: "1d", by: "tenant" }),
];

describe("limits by subject", () => {
  test("count each subject of a call, all or none", async () => {
    const limiter = rateLimiter({ limits });
    const remaining = (user: string, tenant: string) =>
      limiter.consumeSync({ user, tenant }).limits.map((limit) => limit.remaining);
    expect(remaining("ann", "acme")).toEqual([1, 2]);
    expect(remaining("bob", "acme")).toEqual([1, 1]);
    expect(remaining("ann", "acme")).toEqual([0, 0]);
    const refused = await limiter.consume({ tenant: "acme", user: "bob" });
    expect(refused).toMatchObject({
      allowed: false,
      limits: [{ allowed: true, remaining: 1 }, { allowed: false }],
    });
    expect(remaining("bob", "other")).toEqual([0, 2]);
  });

  test("do not take one subject for another of the same key", () => {
    const limiter = rateLimiter({ limits });
    limiter.consumeSync({ user: "42", tenant: "7" });
    expect(
      limiter.peekSync({ user: "7", tenant: "42" }, { cost: 0 }).limits.map(({ remaining }) => remaining),
    ).toEqual([2, 3]);
  });

  test("are named by their text and subject, and take costs by name", () => {
    const { limits: told, key } = rateLimiter({ limits }).consumeSync(
      { user: "ann", tenant: "acme" },
      { cost: { "3/d by tenant": 2 } },
    );
    expect(told.map(({ name, cost }) => [name, cost])).toEqual([
      ["2/d by user", 1],
      ["3/d by tenant", 2],
    ]);
    expect(key).toBe('{"user":"ann","tenant":"acme"}');
  });

  test("are forgotten together, each for its own subject", async () => {
    const limiter = rateLimiter({ limits });
    limiter.consumeSync({ user: "ann", tenant: "acme" });
    limiter.consumeSync({ user: "bob", tenant: "acme" });
    await limiter.reset({ user: "ann", tenant: "acme" });
    const { limits: told } = limiter.peekSync({ user: "bob", tenant: "acme" }, { cost: 0 });
    expect(told.map(({ remaining }) => remaining)).toEqual([1, 3]);
  });

  test("may all count one subject, which is then told by its name", () => {
    const limiter = rateLimiter({ limits: tokenBucket({ capacity: 1, refill: "1/d", by: "tenant" }) });
    expect(limiter.consumeSync({ tenant: "acme" }).allowed).toBe(true);
    expect(limiter.consumeSync({ tenant: "acme" }).allowed).toBe(false);
  });

  test("go on in this process while the store fails", async () => {
    const store = memoryStore();
    const gone = () => Promise.reject(new Error("gone"));
    const failing = { ...store, prepare: () => ({ decide: gone, act: gone, reset: gone }) };
    const limiter = rateLimiter({ limits, store: failing, onEvent: () => {} });
    for (const user of ["ann", "bob", "cid"]) await limiter.consume({ user, tenant: "acme" });
    await expect(limiter.consume({ user: "dan", tenant: "acme" })).resolves.toMatchObject({
      allowed: false,
      degraded: "local",
    });
  });
});

describe("a key that does not name the subjects is refused", () => {
  const limiter = rateLimiter({ limits });
  test.each([
    ["ann", /takes a key for each of "user", "tenant", not "ann"/],
    [{ user: "ann" }, /"tenant" is missing/],
    [{ user: "ann", tenant: "" }, /the key of "tenant" must be a non-empty string/],
    [{ user: "ann", tenant: 7 as never }, /the key of "tenant" must be a non-empty string, not 7/],
    [{ user: "ann", tennant: "acme" }, /no limit counts "tennant"/],
  ])("%o", (key, message) => {
    expect(faultOf(() => limiter.consumeSync(key))).toMatchObject({
      code: "INVALID_KEY",
      message: expect.stringMatching(message) as string,
    });
  });

  test("subjects where no limit names any", () => {
    const plain = rateLimiter({ limits: "5/s" });
    expect(faultOf(() => plain.consumeSync({ user: "ann" }))).toMatchObject({ code: "INVALID_KEY" });
  });
});

test("limits that say whom they count stand beside none that do not", () => {
  expect(
    faultOf(() => rateLimiter({ limits: [limits[0], slidingWindow({ limit: 9, window: "1h" })] })),
  ).toMatchObject({
    code: "INVALID_LIMIT",
    message: expect.stringContaining("limit 2 (9/h) does not say whom it counts") as string,
    path: "limits[1].by",
    nearest: "user",
  });
  expect(faultOf(() => fixedWindow({ limit: 1, window: 1, by: "" }))).toMatchObject({
    code: "INVALID_OPTION",
  });
});

test("rules count the key of the identity, so their limits take no subject", () => {
  expect(faultOf(() => guard({ limits: limits[0] }))).toMatchObject({
    code: "INVALID_LIMIT",
    message: expect.stringContaining("counts the key of the identity") as string,
  });
});
