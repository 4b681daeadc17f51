import {
  decisionsOf,
  guard,
  type GuardOptions,
  memoryStore,
  type OnLimit,
  type Refusal,
  type Reply,
} from "sluice";
import { describe, expect, test, vi } from "vitest";
import { request, testGuard } from "./ask.ts";

/** What becomes of a request over its limit. */
async function over(onLimit: OnLimit, options: GuardOptions = { limits: "1/m" }) {
  const guarded = testGuard({ ...options, onLimit });
  await guarded.ask("GET /");
  return guarded.ask("GET /");
}

describe("a status", () => {
  test("is that of the reply, and of its problem; the fields stay", async () => {
    const { reply } = await over(503);
    expect(reply?.status).toBe(503);
    expect(JSON.parse(reply!.body)).toMatchObject({ status: 503, "violated-policies": ["default"] });
    expect(new Map(reply?.headers).get("Retry-After")).toBe("120");
  });

  test("may come from a function", async () => {
    expect((await over(() => 404)).reply?.status).toBe(404);
    expect((await over(async () => 404)).reply?.status).toBe(404);
  });
});

test("a reply is always the same", async () => {
  const reply: Reply = { status: 200, headers: [["X-A", "1"]], body: "later" };
  expect((await over(reply)).reply).toEqual(reply);
});

test.each<[string, OnLimit]>([
  ["always the same", { status: 429, headers: { "X-A": "1" }, body: "later" }],
  ["of a function", () => ({ status: 429, headers: { "X-A": "1" }, body: "later" })],
])("the fields of a reply, %s, may be a record", async (_, onLimit) => {
  expect((await over(onLimit)).reply).toEqual({ status: 429, headers: [["X-A", "1"]], body: "later" });
});

test.each<[unknown, string]>([
  [{ status: 429, headers: [], body: { e: 1 } }, "its body must be text, not an object with keys e"],
  [
    { status: 429, body: "" },
    "its headers must be a list of [name, value] or a record of texts, not undefined",
  ],
  [{ status: 429, headers: { a: 1 }, body: "" }, "its headers must be a list"],
  [{ status: 429, headers: new Headers(), body: "" }, "its headers must be a list"],
  [{ headers: [], body: "" }, "its status must be a whole number from 200 to 599, not undefined"],
  [{ status: 429, headers: { "x y": "1" }, body: "" }, 'no server sends the header "x y"'],
])("%o is told what is wrong with it", async (reply, fault) => {
  expect(() => testGuard({ limits: "1/m", onLimit: reply as Reply })).toThrow(fault);
  if (fault.startsWith("its")) await expect(over(() => reply as Reply)).rejects.toThrow(fault);
});

test("a handler of a framework is refused where it is given, not with the first refusal", () => {
  const handler = (_request: unknown, response: { sendStatus(status: number): number }) =>
    response.sendStatus(429);
  for (const options of [{ limits: "1/m" }, { rules: [{ limits: "1/m" }] }] as const) {
    const given =
      "rules" in options
        ? { rules: [{ ...options.rules[0], onLimit: handler }] }
        : { ...options, onLimit: handler };
    expect(() => testGuard(given as never)).toThrow(
      /onLimit must be a function of the refusal alone, which returns what is answered, not function handler$/,
    );
  }
});

describe(`"pass"`, () => {
  test.each<[string, OnLimit]>([
    ["as data", "pass"],
    ["from a function", () => "pass"],
  ])(
    "S1.11: %s lets the request go on, with the fields of its limits and no word of waiting",
    async (_, onLimit) => {
      const { reply, headers, decided } = await over(onLimit);
      expect(reply).toBeUndefined();
      expect(decided[0].decision.allowed).toBe(false);
      expect(headers).toEqual([
        ["RateLimit-Policy", '"default";q=1;w=60'],
        ["RateLimit", '"default";r=0;t=60'],
      ]);
    },
  );

  test("what is let through is still held to the rules of another reading of its path", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/login", limits: "1/m", onLimit: "pass" },
        { path: "/user/**", limits: "2/m" },
      ],
    });
    expect(await guarded.admits("GET /user/../login")).toBe(2);
  });

  test("while a store fails closed nothing is let through, but by a function that says so", async () => {
    const closed = (onLimit: OnLimit) => {
      const gone = () => Promise.reject(new Error("gone"));
      const store = memoryStore();
      const failing = {
        ...store,
        prepare: () => ({ decide: gone, act: gone, reset: gone }),
      };
      return testGuard({
        limits: "1/m",
        store: failing,
        onStoreError: "closed",
        onEvent: () => undefined,
        onLimit,
      });
    };
    expect(await closed("pass").status("GET /")).toBe(503);
    expect(await closed(418).status("GET /")).toBe(503);
    expect(await closed(() => "pass").status("GET /")).toBe(200);
  });
});

describe("decisionsOf", () => {
  test("tells what every guard decided, those on the outside first, and nothing of dry runs", async () => {
    const native = {};
    const outer = testGuard({ limits: "9/m", also: [{ limits: "8/m", identify: () => "all" }] });
    const inner = testGuard({ rules: [{ path: "/a", limits: "7/m", dryRun: true }, { limits: "6/m" }] });
    const asked = { ...request("GET /b"), native };
    const identify = () => "ann";
    for (const limit of [9, 6]) {
      const { check } = guard({ limits: `${limit}/m` as "9/m", identify });
      await check(asked);
    }
    expect(decisionsOf(native).map(({ limit }) => limit)).toEqual([9, 6]);
    const who = { key: "ann", group: "default" };
    await outer.check({ ...request("GET /a"), native: who });
    await inner.check({ ...request("GET /a"), native: who });
    expect(decisionsOf(who).map(({ limit }) => limit)).toEqual([9, 8]);
  });

  test("is empty for what no guard saw, and after release", async () => {
    expect(decisionsOf({})).toEqual([]);
    const native = {};
    const guarded = guard({ limits: "1/m", identify: () => "ann" });
    await guarded.check({ ...request("GET /"), native });
    expect(decisionsOf(native)).toHaveLength(1);
    guarded.release(native);
    expect(decisionsOf(native)).toEqual([]);
  });
});

test("a rule's own stands above the guard's", async () => {
  const onLimit = vi.fn<(refusal: Refusal) => undefined>();
  const guarded = testGuard({
    onLimit,
    rules: [
      { path: "/a", limits: "0/m", onLimit: 404 },
      { path: "/b", limits: "0/m" },
    ],
  });
  expect([await guarded.status("GET /a"), await guarded.status("GET /b")]).toEqual([404, 429]);
  expect(onLimit).toHaveBeenCalledTimes(1);
});

describe("what cannot be sent is refused at construction", () => {
  const wrong: unknown[] = [
    200,
    399,
    600,
    429.5,
    "429",
    "skip",
    true,
    null,
    {},
    { status: 429 },
    { status: 429, headers: [["X-A", "a\r\nb"]], body: "" },
    { status: 429, headers: [["X A", "a"]], body: "" },
  ];
  test.each(wrong)("%o", (onLimit) => {
    const expected = expect.objectContaining({ code: "INVALID_OPTION" }) as Error;
    expect(() => guard({ limits: "1/m", onLimit: onLimit as OnLimit })).toThrow(expected);
    expect(() => guard({ rules: [{ limits: "1/m", onLimit: onLimit as OnLimit }] })).toThrow(expected);
  });

  test("of a rule without limits: they were forgotten", () => {
    expect(() => guard({ rules: [{ onLimit: 404 }] })).toThrow(/has onLimit, but no limits/);
  });
});
