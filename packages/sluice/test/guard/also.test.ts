import { clientIp, concurrency, fixedWindow, guard, type GuardOptions, header, memoryStore } from "sluice";
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

describe("a refusal tells what the guards before it tell, as that of two guards of an app does:", () => {
  const window = "1m";
  const refusedBy = async (...[first, ...also]: GuardOptions[]): Promise<Headers> => {
    const guarded = testGuard({ ...first, also });
    await guarded.ask("GET /", of("a"));
    const { reply } = await guarded.ask("GET /", of("a"));
    expect(reply?.status).toBeGreaterThan(400);
    return new Headers(reply?.headers.map(([name, value]): [string, string] => [name, value]));
  };
  const limits = (limit: number, name: string) => fixedWindow({ limit, window, name });

  test("lists have the policies of all", async () => {
    const headers = await refusedBy(
      { limits: limits(9, "a") },
      { limits: limits(8, "b") },
      { ...perTenant, limits: limits(1, "c"), exposeHeaders: true },
      { limits: limits(7, "d") },
    );
    expect(headers.get("RateLimit-Policy")).toBe('"a";q=9;w=60, "b";q=8;w=60, "c";q=1;w=60');
    expect(headers.get("RateLimit")).toMatch(/^"a";r=7;t=\d+, "b";r=6;t=\d+, "c";r=0;t=\d+$/);
    expect(headers.get("Access-Control-Expose-Headers")).toBe("Retry-After, RateLimit-Policy, RateLimit");
  });

  test("of fields for one limit there are those of the one that refuses, and other styles beside it", async () => {
    const told = await refusedBy(
      { limits: limits(2, "a"), headers: "legacy" },
      { ...perTenant, limits: limits(5, "b"), headers: "legacy", cost: 4 },
    );
    expect([told.get("X-RateLimit-Limit"), told.get("X-RateLimit-Remaining")]).toEqual(["5", "1"]);
    const both = await refusedBy(
      { limits: limits(2, "a"), headers: "legacy" },
      { ...perTenant, limits: "1/m" },
    );
    expect([both.get("X-RateLimit-Limit"), both.get("RateLimit-Policy")]).toEqual([
      "2",
      '"default";q=1;w=60',
    ]);
  });

  test("also to who is on a deny list, and where onLimit has changed the body", async () => {
    const denied = await refusedBy(
      { limits: limits(2, "a") },
      { ...perTenant, deny: { keys: ["header:x-tenant:a"] } },
    );
    expect(denied.get("RateLimit-Policy")).toBe('"a";q=2;w=60');
    const changed = await refusedBy(
      { limits: limits(2, "a") },
      { ...perTenant, limits: "1/m", onLimit: ({ reply }) => ({ ...reply, body: "no" }) },
    );
    expect(changed.get("RateLimit-Policy")).toBe('"a";q=2;w=60, "default";q=1;w=60');
  });
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

test("what the first holds is held while the request runs, and comes back at once if a further guard refuses", async () => {
  const running: GuardOptions = { ...perTenant, limits: concurrency({ limit: 1 }) };
  const guarded = testGuard({ ...running, also: [{ ...perAddress, limits: "2/m" }] });
  const first = await guarded.ask("GET /", of("a"));
  expect(await guarded.status("GET /", of("a", "203.0.113.10"))).toBe(429);
  await first.ended?.();
  expect(await guarded.admits("GET /", of("b"))).toBe(1);
  for (let i = 0; i < 2; i++) {
    const refused = await guarded.ask("GET /", of("c"));
    expect(refused.reply?.status).toBe(429);
    // The first let it in again, and the further one refused.
    expect(refused.decided).toHaveLength(2);
  }
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
