import { clientIp, guard, type GuardOptions, header, memoryStore } from "sluice";
import { describe, expect, test } from "vitest";
import { request, testGuard } from "./ask.ts";

const perTenant: GuardOptions = { name: "tenant", limits: "3/m", identify: header("x-tenant") };
const perAddress: GuardOptions = { name: "address", limits: "5/m", identify: clientIp() };
const of = (tenant: string, address = "203.0.113.9") => ({ headers: { "x-tenant": tenant }, address });

test("guards with other identities are asked in order while the request passes", async () => {
  const guarded = testGuard({ ...perTenant, also: [perAddress] });
  expect(await guarded.admits("GET /", of("a"))).toBe(3);
  expect(await guarded.admits("GET /", of("b"))).toBe(2);
  expect(await guarded.admits("GET /", of("b", "203.0.113.10"))).toBe(0);
});

test("a guard after one that refuses is not charged", async () => {
  const guarded = testGuard({ ...perTenant, also: [perAddress] });
  for (let i = 0; i < 9; i++) await guarded.ask("GET /", of("a"));
  expect(await guarded.admits("GET /", of("b"))).toBe(2);
});

test("what all of them tell is on the answer, and the first names who was counted", async () => {
  const guarded = testGuard({
    ...perTenant,
    exposeHeaders: true,
    also: [{ ...perAddress, exposeHeaders: true }],
  });
  const passage = await guarded.ask("GET /", of("a"));
  expect(passage.headers).toEqual([
    ["RateLimit-Policy", '"default";q=3;w=60, "default";q=5;w=60'],
    ["RateLimit", '"default";r=2;t=60, "default";r=4;t=60'],
    ["Access-Control-Expose-Headers", "Retry-After, RateLimit-Policy, RateLimit"],
  ]);
  expect(passage.identity?.key).toBe("header:x-tenant:a");
  expect(passage.decided.map(({ decision }) => decision.key)).toEqual([
    "header:x-tenant:a",
    "ip:203.0.113.9",
  ]);
});

test("one-limit styles tell of the limit nearest to refusing", async () => {
  const legacy = { headers: "legacy" } as const;
  const guarded = testGuard({ ...perAddress, ...legacy, also: [{ ...perTenant, ...legacy }] });
  const { headers } = await guarded.ask("GET /", of("a"));
  expect(Object.fromEntries(headers)).toMatchObject({
    "X-RateLimit-Limit": "3",
    "X-RateLimit-Remaining": "2",
  });
  const other = testGuard({ ...perTenant, ...legacy, also: [{ ...perAddress, ...legacy }] });
  expect(Object.fromEntries((await other.ask("GET /", of("a"))).headers)).toMatchObject({
    "X-RateLimit-Limit": "3",
  });
});

test("a refusal is that of the guard that refuses", async () => {
  const refusal = { status: 403, headers: [], body: "no" } as const;
  const guarded = testGuard({
    limits: "9/m",
    also: [{ ...perTenant, limits: "1/m", onLimit: () => refusal }],
  });
  expect((await guarded.ask("GET /", of("a"))).reply).toBeUndefined();
  expect((await guarded.ask("GET /", of("a"))).reply).toEqual(refusal);
});

test("whom only a further guard knows is told", async () => {
  const guarded = testGuard({ limits: "9/m", skip: () => true, also: [perTenant] });
  expect((await guarded.ask("GET /", of("a"))).identity?.key).toBe("header:x-tenant:a");
});

test("case 56: an error of a further guard is no free pass", async () => {
  const failure = new Error("broken");
  const guarded = testGuard({
    limits: "9/m",
    also: [{ limits: "9/m", identify: () => Promise.reject(failure) }],
  });
  await expect(guarded.ask("GET /")).rejects.toBe(failure);
});

test("one request is counted once by each until it is released", async () => {
  const guarded = guard({
    ...perTenant,
    onWarning: () => undefined,
    also: [{ ...perAddress, onWarning: () => undefined }],
  });
  const native = {};
  const ask = () => guarded.check(request("GET /", { ...of("a"), native }));
  expect((await ask()).decided).toHaveLength(2);
  expect((await ask()).decided).toHaveLength(0);
  guarded.release(native);
  expect((await ask()).decided).toHaveLength(2);
});

describe("refused at construction:", () => {
  test.each([[{}], ["x"], [null], [7]])("also %j", (also) => {
    const build = () => guard({ limits: "1/m", also: also as never });
    expect(build).toThrow(expect.objectContaining({ code: "INVALID_OPTION", path: "also" }));
  });

  test("what no guard takes", () => {
    const build = () => guard({ limits: "1/m", also: [{ limit: "1/m" } as GuardOptions] });
    expect(build).toThrow(expect.objectContaining({ code: "UNKNOWN_OPTION" }));
  });

  test("two guards that would share their counters by accident", () => {
    const store = memoryStore();
    const build = () => guard({ limits: "1/m", store, also: [{ limits: "2/m", store }] });
    expect(build).toThrow(expect.objectContaining({ code: "NAME_CLASH" }));
  });
});
