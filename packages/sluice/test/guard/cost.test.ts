import { type Cost, type GuardOptions, slidingWindow } from "sluice";
import { describe, expect, test } from "vitest";
import { settle, testGuard } from "./ask.ts";

const limits = [
  slidingWindow({ limit: 10, window: "1m", name: "requests" }),
  slidingWindow({ limit: 100, window: "1m", name: "tokens" }),
];

const ofHeader: GuardOptions["cost"] = ({ header }) => Number(header("x-cost") ?? 1);
const later: GuardOptions["cost"] = async () => {
  await settle();
  return { tokens: 50 };
};

describe("what a request costs", () => {
  test("is 1, or a number", async () => {
    expect(await testGuard({ limits: "6/m" }).admits("GET /")).toBe(6);
    expect(await testGuard({ limits: "6/m", cost: 2 }).admits("GET /")).toBe(3);
    expect(await testGuard({ rules: [{ limits: "6/m", cost: 3 }], cost: 2 }).admits("GET /")).toBe(2);
  });

  test("is a number by the name of the limit; others take 1", async () => {
    const { decided } = await testGuard({ limits, cost: { tokens: 30 } }).ask("GET /");
    expect(decided[0].decision.limits.map(({ cost, remaining }) => [cost, remaining])).toEqual([
      [1, 9],
      [30, 70],
    ]);
  });

  test("is asked of a function, at once or later", async () => {
    const guarded = testGuard({ limits: "6/m", cost: ofHeader });
    expect(await guarded.remaining("GET /", { headers: { "x-cost": "4" } })).toBe(2);
    expect(await testGuard({ limits, cost: later }).admits("GET /")).toBe(2);
  });

  test("0 counts nothing, and passes", async () => {
    expect(await testGuard({ limits: "1/m", cost: 0 }).admits("GET /")).toBe(100);
  });

  test("a function that answers nothing means 1", async () => {
    const cost = (() => undefined) as unknown as GuardOptions["cost"] & object;
    expect(await testGuard({ limits: "6/m", cost }).admits("GET /")).toBe(6);
  });

  test("above the limit it can never pass", async () => {
    const { reply } = await testGuard({ limits: "6/m", cost: 7 }).ask("GET /");
    expect(reply?.status).toBe(429);
    expect(new Map(reply!.headers).has("Retry-After")).toBe(false);
  });
});

describe("case 56: a cost that cannot be counted is an error and no free pass", () => {
  const bad: unknown[] = [
    Number.NaN,
    -1,
    1.5,
    Infinity,
    "5",
    null,
    {}.constructor,
    { tokenz: 1 },
    { tokens: -1 },
    2 ** 53,
  ];

  test.each(bad)("a function that answers %o", async (answer) => {
    const guarded = testGuard({ limits, cost: async () => answer as Cost });
    await expect(guarded.ask("GET /")).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_COST" }) as Error,
    );
  });

  test("a function that throws or rejects, and nothing is counted", async () => {
    const failure = new Error("no cost");
    let fails = true;
    const throwing = () => {
      if (fails) throw failure;
      return 1;
    };
    for (const cost of [throwing, async () => throwing()]) {
      fails = true;
      const guarded = testGuard({ limits: "2/m", cost });
      await expect(guarded.ask("GET /")).rejects.toBe(failure);
      fails = false;
      expect(await guarded.admits("GET /")).toBe(2);
    }
  });

  test.each([Number.NaN, -1, 1.5, "5", null, { tokenz: 1 }, { tokens: 0.5 }])(
    "%o is refused at construction",
    (cost) => {
      const refused = expect.objectContaining({ code: "INVALID_COST" }) as Error;
      expect(() => testGuard({ rules: [{ limits, cost: cost as Cost }] })).toThrow(refused);
      expect(() => testGuard({ limits, cost: cost as Cost })).toThrow(refused);
    },
  );
});
