import { guard, memoryStore, rateLimiter } from "sluice";
import { expect, test } from "vitest";

test("a cost that is not written as { cost } is refused, and nothing is charged", async () => {
  const limiter = rateLimiter({ limits: "10/m" });
  expect(() => limiter.consumeSync("a", 9 as never)).toThrow(/\{ cost: 5 \}/);
  expect(() => limiter.consumeSync("a", { costs: 9 } as never)).toThrow(/did you mean "cost"/);
  await expect(limiter.consume("a", null as never)).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_COST" }),
  );
  expect(limiter.consumeSync("a").remaining).toBe(9);
});

test.each([undefined, null, "work"])(
  "run of %s, which is no function, is refused, and nothing is charged",
  async (fn) => {
    const limiter = rateLimiter({ limits: "10/m" });
    await expect(limiter.run("a", fn as never)).rejects.toMatchObject({ code: "INVALID_OPTION", path: "fn" });
    expect(limiter.peekSync("a", { cost: 0 }).remaining).toBe(10);
  },
);

test.each([
  [-1, 0],
  [1.5, 2],
  [2 ** 53, Number.MAX_SAFE_INTEGER],
])("the nearest valid cost to %s is %s", (cost, nearest) => {
  const limiter = rateLimiter({ limits: "10/m" });
  expect(() => limiter.consumeSync("a", { cost })).toThrow(expect.objectContaining({ nearest }));
});

test("a refund that is written as a cost of consume is told how it is written", async () => {
  const limiter = rateLimiter({ limits: "10/m" });
  await expect(limiter.refund("a", { cost: 2 })).rejects.toThrow(/the number alone, as in refund\(key, 2\)/);
});

test("a list is no cost by limit", () => {
  const limiter = rateLimiter({ limits: "10/m" });
  expect(() => limiter.consumeSync("a", { cost: [1] as never })).toThrow(/must be a whole number/);
});

test.each([[Date.now], [() => Number.NaN], ["now"], [{}]])(
  "a clock %# that tells no microseconds is refused",
  (clock) => {
    expect(() => memoryStore({ clock: clock as never })).toThrow(/whole microseconds/);
  },
);

test("a rule that speaks of limits and has none is refused: it would be unlimited", () => {
  expect(() => guard({ rules: [{ path: "/login", blockFor: "15m" }] })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", path: "rules[0].limits" }),
  );
});
