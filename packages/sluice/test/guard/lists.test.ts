import { apiKey, clientIp, combine, guard, type GuardOptions, type OnLimit, type Rule } from "sluice";
import { describe, expect, test } from "vitest";
import { request, testGuard } from "./ask.ts";

const limits = "1/m";
const at = (address: string | undefined, headers: Record<string, string> = {}) => ({ address, headers });

describe("deny", () => {
  test("a key is refused with 403 and a problem, and nothing is counted", async () => {
    const guarded = testGuard({ rules: [{ limits, deny: { keys: ["eve"] } }] });
    const { reply, decided } = await guarded.ask("GET /", { key: "eve" });
    expect(reply).toEqual({
      status: 403,
      headers: [
        ["Cache-Control", "no-store"],
        ["Content-Type", "application/problem+json"],
      ],
      body: '{"type":"about:blank","title":"Forbidden","status":403}',
    });
    expect(decided.map(({ decision }) => decision)).toMatchObject([
      { allowed: false, reason: "denied", key: "eve", retryAfterMs: Infinity, limits: [] },
    ]);
    expect(await guarded.status("GET /", { key: "ann" })).toBe(200);
  });

  test("stands above allow, and holds for a rule without limits", async () => {
    const both = { keys: ["eve"] };
    const guarded = testGuard({
      rules: [
        { path: "/admin", deny: { keys: ["eve"] } },
        { limits, allow: both, deny: both },
      ],
    });
    expect(await guarded.status("GET /admin", { key: "eve" })).toBe(403);
    expect(await guarded.status("GET /admin", { key: "ann" })).toBe(200);
    expect(await guarded.status("GET /else", { key: "eve" })).toBe(403);
  });

  test("of a dry run is told to the application, and refuses nobody", async () => {
    const guarded = testGuard({ rules: [{ limits, dryRun: true, deny: { keys: ["eve"] } }] });
    const { reply, decided } = await guarded.ask("GET /", { key: "eve" });
    expect(reply).toBeUndefined();
    expect(decided[0].decision.reason).toBe("denied");
  });

  test("is over no limit: onLimit is not asked", async () => {
    for (const onLimit of [418, "pass", () => "pass"] satisfies OnLimit[]) {
      const guarded = testGuard({ rules: [{ limits, onLimit, deny: { keys: ["eve"] } }] });
      expect(await guarded.status("GET /", { key: "eve" })).toBe(403);
    }
  });
});

describe("allow", () => {
  test("a key passes, uncounted and untold, and others are counted", async () => {
    const guarded = testGuard({ rules: [{ limits, allow: { keys: ["bob", "__proto__"] } }] });
    for (const key of ["bob", "__proto__"]) expect(await guarded.admits("GET /", { key })).toBe(100);
    expect((await guarded.ask("GET /", { key: "bob" })).headers).toEqual([]);
    expect(await guarded.admits("GET /", { key: "ann" })).toBe(1);
    expect(await guarded.admits("GET /", { key: "constructor" })).toBe(1);
  });

  test("the rule decides all the same: no later one is asked", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", limits, allow: { keys: ["bob"] } },
        { limits, pool: "else" },
      ],
    });
    expect(await guarded.admits("GET /a", { key: "bob" })).toBe(100);
    expect(await guarded.admits("GET /b", { key: "bob" })).toBe(1);
  });
});

describe("addresses", () => {
  const office: GuardOptions = { limits, allow: { addresses: ["10.0.0.0/8", "2001:db8:1::/48"] } };

  test.each<[address: string | undefined, admitted: number]>([
    ["10.1.2.3", 100],
    ["::ffff:10.1.2.3", 100],
    ["::ffff:a01:203", 100],
    ["11.0.0.1", 1],
    ["2001:db8:1:ffff::1", 100],
    ["2001:db8:2::1", 1],
    ["fe80::1%eth0", 1],
    [undefined, 1],
    ["unknown", 1],
  ])("%s: %d pass", async (address, admitted) => {
    expect(await testGuard(office).admits("GET /", at(address))).toBe(admitted);
  });

  test("one address of IPv6 is told from its neighbours, though limits count the /64", async () => {
    const guarded = testGuard({
      limits: "9/m",
      identify: clientIp(),
      deny: { addresses: ["2001:db8::bad"] },
    });
    expect(await guarded.status("GET /", at("2001:db8::bad"))).toBe(403);
    expect(await guarded.status("GET /", at("2001:db8::600d"))).toBe(200);
  });

  test("case 14: nothing forwarded is believed by default", async () => {
    const forged = { "x-forwarded-for": "10.0.0.1", "x-real-ip": "10.0.0.1", forwarded: "for=10.0.0.1" };
    expect(
      await testGuard({ ...office, onWarning: () => undefined }).admits("GET /", at("203.0.113.9", forged)),
    ).toBe(1);
    const counted = { ...office, identify: clientIp(), onWarning: () => undefined };
    expect(await testGuard(counted).admits("GET /", at("203.0.113.9", forged))).toBe(1);
  });

  const behind = clientIp({ trustedProxies: ["127.0.0.0/8"] });
  test.each<[string, GuardOptions["identify"] & object]>([
    ["clientIp", behind],
    ["a list with it", [apiKey(), behind]],
    ["a combination with it", combine(() => "tenant", behind)],
  ])("case 15: %s finds the client behind a proxy that it trusts", async (_, identify) => {
    const guarded = testGuard({ ...office, identify, deny: { addresses: ["9.9.9.9"] } });
    const from = (chain: string) => at("127.0.0.1", { "x-forwarded-for": chain });
    expect(await guarded.status("GET /", from("10.0.0.1, 9.9.9.9"))).toBe(403);
    expect(await guarded.admits("GET /", from("9.9.9.9, 10.0.0.1"))).toBe(100);
    expect(await guarded.admits("GET /", from("10.0.0.1, 8.8.8.8"))).toBe(1);
  });

  test("the guard needs to be told addresses, which an adapter without them refuses", () => {
    const identify = apiKey();
    expect(guard({ limits, identify }).needsAddress).toBe(false);
    expect(guard({ limits, identify, deny: { keys: ["a"] } }).needsAddress).toBe(false);
    expect(guard({ limits, identify, deny: { addresses: ["10.0.0.0/8"] } }).needsAddress).toBe(true);
    expect(guard({ limits, identify, also: [{ limits: "2/m" }] }).needsAddress).toBe(true);
  });
});

test("the lists of the guard hold for all its rules, beside theirs", async () => {
  const guarded = testGuard({
    deny: { keys: ["eve"], addresses: ["6.6.6.6"] },
    allow: { keys: ["bob"] },
    rules: [{ path: "/free" }, { limits, deny: { keys: ["mallory"] }, allow: { keys: ["ann"] } }],
  });
  for (const path of ["/", "/free"]) {
    expect(await guarded.status(`GET ${path}`, { key: "eve" })).toBe(403);
    expect(await guarded.status(`GET ${path}`, { key: "bob", address: "6.6.6.6" })).toBe(403);
  }
  expect(await guarded.status("GET /", { key: "mallory" })).toBe(403);
  expect(await guarded.status("GET /free", { key: "mallory" })).toBe(200);
  for (const key of ["ann", "bob"]) expect(await guarded.admits("GET /", { key })).toBe(100);
});

describe("skip of a rule", () => {
  test("lets pass uncounted, before the lists, and the rule decides all the same", async () => {
    const isHealth: Rule["skip"] = ({ header }) => header("user-agent") === "health";
    for (const skip of [isHealth, async (asked: Parameters<typeof isHealth>[0]) => isHealth(asked)]) {
      const guarded = testGuard({
        rules: [
          { path: "/a", limits, skip, deny: { keys: ["eve"] } },
          { limits, pool: "else" },
        ],
      });
      const health = { headers: { "user-agent": "health" } };
      expect(await guarded.admits("GET /a", health)).toBe(100);
      expect(await guarded.status("GET /a", { ...health, key: "eve" })).toBe(200);
      expect(await guarded.admits("GET /a")).toBe(1);
      expect(await guarded.admits("GET /b", health)).toBe(1);
    }
  });

  test("case 56: that throws is no permission to pass", async () => {
    const failure = new Error("broken");
    const guarded = testGuard({ rules: [{ limits, skip: () => Promise.reject(failure) }] });
    await expect(guarded.ask("GET /")).rejects.toBe(failure);
  });
});

describe("what cannot work throws at construction, and is told where it stands", () => {
  const wrong: [options: unknown, path: string, code?: string][] = [
    [{ deny: {} }, "rules[0].deny"],
    [{ deny: ["10.0.0.0/8"] }, "rules[0].deny"],
    [{ deny: null }, "rules[0].deny"],
    [{ deny: { keys: "eve" } }, "rules[0].deny.keys"],
    [{ deny: { keys: [""] } }, "rules[0].deny.keys"],
    [{ allow: { addresses: [7] } }, "rules[0].allow.addresses"],
    [{ allow: { addresses: ["10.0.0.0/33"] } }, "rules[0].allow", "INVALID_ADDRESS"],
    [{ allow: { addresses: ["*"] } }, "rules[0].allow", "INVALID_ADDRESS"],
    [{ allow: { addresses: ["010.0.0.1"] } }, "rules[0].allow", "INVALID_ADDRESS"],
    [{ allow: { cidrs: ["10.0.0.0/8"] } }, "rules[0].allow.cidrs", "UNKNOWN_OPTION"],
    [{ skip: true }, "rules[0].skip"],
  ];
  test.each(wrong)("%o", (rule, path, code = "INVALID_OPTION") => {
    const expected = expect.objectContaining({ code, path }) as Error;
    expect(() => guard({ rules: [{ limits, ...(rule as Rule) }] })).toThrow(expected);
    const ofGuard = expect.objectContaining({ code, path: path.replace("rules[0].", "") }) as Error;
    expect(() => guard({ limits, ...(rule as Rule) })).toThrow(ofGuard);
  });

  test("an allow list of a rule without limits shows that they were forgotten", () => {
    expect(() => guard({ rules: [{ allow: { keys: ["a"] } }] })).toThrow(/has allow, but no limits/);
  });
});

test("a guard that was built with lists answers a bare request", async () => {
  const { check } = guard({ limits, deny: { addresses: ["203.0.113.9"] }, identify: () => "ann" });
  expect((await check(request("GET /"))).reply?.status).toBe(403);
});
