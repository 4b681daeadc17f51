import { describe, expect, it } from "vitest";
import {
  adaptive,
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "sluice";
import { twins } from "../../src/algorithms/twins.ts";
import { encodePlan, type PlanCode } from "../../src/stores/onServer/encodePlan.ts";
import { type Call, mergeCalls } from "../../src/stores/onServer/mergeCalls.ts";

const bucket = tokenBucket({ capacity: 5, refill: "1/s" });

function planOf(limits: readonly Limit[], pool: string = "p", scope: string = ""): PlanCode {
  return encodePlan({ namespace: "n", pool, limits, block: { scope, duration: 0 } }, twins);
}

const plan = planOf([bucket]);
const call = (key: string, more: Partial<Call> = {}): Call => ({
  code: plan,
  keys: key,
  costs: 1,
  mode: "consume",
  ...more,
});

/** The places of the calls of each entry, batch by batch. */
function merged(calls: readonly Call[], most: number = Infinity): readonly (readonly number[])[][] {
  return mergeCalls(calls, () => "", most).map(({ entries }) => entries.map(({ places }) => places));
}

/** Which batches must be decided before each. */
function afters(calls: readonly Call[], most: number): readonly (readonly number[])[] {
  const batches = mergeCalls(calls, () => "", most);
  return batches.map(({ after }) => after.map((earlier) => batches.indexOf(earlier)));
}

describe("equal calls", () => {
  it("become one entry, also with other keys between them", () => {
    expect(merged([call("a"), call("a"), call("b"), call("a"), call("b")])).toEqual([
      [
        [0, 1, 3],
        [2, 4],
      ],
    ]);
  });

  it("must cost the same", () => {
    const costs = [1, 2, [1], [1], [2]];
    expect(merged(costs.map((each) => call("a", { costs: each })))).toEqual([[[0], [1], [2, 3], [4]]]);
  });

  it("must consume", () => {
    expect(merged([call("a", { mode: "peek" }), call("a", { mode: "peek" })])).toEqual([[[0], [1]]]);
  });

  it("must have one block key", () => {
    const [own, other] = [call("a", { blockKey: "a" }), call("a", { blockKey: "b" })];
    expect(merged([call("a"), own, other])).toEqual([[[0, 1], [2]]]);
  });

  it.each([
    ["a call of another cost", call("a", { costs: 2 })],
    ["a peek", call("a", { mode: "peek" })],
    ["another pool with the same block", call("a", { code: planOf([bucket], "q") })],
    ["another part of the same block", call("c", { blockKey: "a" })],
  ])("stay apart where %s stands between them", (_, between) => {
    expect(merged([call("a"), between, call("a")])).toEqual([[[0], [1], [2]]]);
  });

  it("pass calls that share no record with them", () => {
    const other = call("a", { code: planOf([bucket], "q", "scope") });
    expect(merged([call("a"), other, call("a"), other])).toEqual([
      [
        [0, 2],
        [1, 3],
      ],
    ]);
  });

  it("stay apart where one between them shares a subject with them", () => {
    const code = planOf([
      tokenBucket({ capacity: 5, refill: "1/s", by: "user" }),
      tokenBucket({ capacity: 9, refill: "1/s", by: "tenant" }),
    ]);
    const of = (...keys: string[]) => call("", { code, keys });
    expect(merged([of("a", "t"), of("b", "t"), of("a", "t")])).toEqual([[[0], [1], [2]]]);
    expect(merged([of("a", "t"), of("b", "u"), of("a", "t")])).toEqual([[[0, 2], [1]]]);
  });

  it("find each other in an earlier batch", () => {
    const calls = ["a", "b", "a", "c", "a", "b"].map((key) => call(key));
    expect(merged(calls, 2)).toEqual([
      [
        [0, 2, 4],
        [1, 5],
      ],
      [[3]],
    ]);
  });

  it("do not pass a call of several subjects that may share a record with them", () => {
    const subjects = planOf([
      { ...bucket, by: "user" },
      { ...bucket, by: "tenant", name: "t" },
    ]);
    const of = (...keys: string[]) => call("", { code: subjects, keys });
    const calls = [of("a", "t"), of("b", "t"), of("a", "t")];
    expect(merged(calls, 1)).toEqual([[[0]], [[1]], [[2]]]);
  });
});

describe("a batch", () => {
  it("takes no new keys when it has many, but all calls of its own in their order", () => {
    const calls = ["a", "b", "c", "a", "a"].map((key, n) => call(key, { costs: n }));
    expect(merged(calls, 2)).toEqual([[[0], [1], [3], [4]], [[2]]]);
  });

  it("takes 256 entries and no more", () => {
    const calls = Array.from({ length: 600 }, (_, n) => call("a", { costs: n }));
    expect(merged(calls, 2).map((entries) => entries.length)).toEqual([256, 256, 88]);
  });

  it("is after the one that had no room for a call of its key", () => {
    const calls = ["b", ...Array<string>(257).fill("a")].map((key, n) => call(key, { costs: n }));
    expect(afters(calls, 1)).toEqual([[], [], [1]]);
  });

  it("is after all of them once a call of several subjects may share a record with any", () => {
    const subjects = planOf([
      { ...bucket, by: "user" },
      { ...bucket, by: "tenant", name: "t" },
    ]);
    const calls = [call("a"), call("b"), call("", { code: subjects, keys: ["a", "t"] }), call("c")];
    expect(afters(calls, 1)).toEqual([[], [], [0, 1], [0, 1, 2]]);
  });

  it("that goes beside others takes no call of several subjects, which may share a record with them", () => {
    const subjects = planOf([
      { ...bucket, by: "user" },
      { ...bucket, by: "tenant", name: "t" },
    ]);
    const ofBoth = call("", { code: subjects, keys: ["a", "t"] });
    const calls = [call("a"), call("b"), call("c"), ofBoth, call("d")];
    expect(merged(calls, 2)).toEqual([[[0], [1]], [[2]], [[3], [4]]]);
    expect(afters(calls, 2)).toEqual([[], [], [0, 1]]);
    expect(merged([call("a"), ofBoth], 2)).toEqual([[[0], [1]]]);
  });
});

describe("a plan merges its calls", () => {
  const rate = "5/s";
  const window = { limit: 5, window: "1s" } as const;
  it.each([
    ["token bucket", tokenBucket({ capacity: 5, refill: rate })],
    ["leaky bucket", leakyBucket({ capacity: 5, leak: rate })],
    ["GCRA", gcra({ burst: 5, rate })],
    ["fixed window", fixedWindow(window)],
    ["sliding window", slidingWindow(window)],
  ])("of a %s", (_, limit) => expect(planOf([bucket, limit]).merges).toBe(true));

  it.each([
    ["sliding log", slidingLog(window)],
    ["adaptive limit", adaptive(window)],
    ["limit that counts refused calls", slidingWindow({ ...window, countDenied: true })],
    ["limit that runs dry", slidingWindow({ ...window, dryRun: true })],
    ["limit of 0, which would forget when its window began", fixedWindow({ ...window, limit: 0 })],
  ])("not of a %s", (_, limit) => expect(planOf([bucket, limit]).merges).toBe(false));
});
