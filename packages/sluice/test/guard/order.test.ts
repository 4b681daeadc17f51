import { fixedWindow, memoryStore } from "sluice";
import { describe, expect, test, vi } from "vitest";
import { worked } from "../../../../test/worked.ts";
import { request, settle, testGuard } from "./ask.ts";

describe("the first rule whose path, method and group all fit decides", () => {
  test("a later one is not asked, even if it is narrower", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a/**", method: "GET", limits: "3/m" },
        { path: "/a/b", limits: "1/m" },
      ],
    });
    expect(await guarded.admits("GET /a/b")).toBe(3);
    expect(await guarded.admits("POST /a/b")).toBe(1);
  });

  test("a rule of another group is fallen through, within a path and past it", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/towns/**", group: "admin" },
        { path: "/towns/**", group: ["gold", "silver"], limits: "5/m" },
        { path: "/towns/**", limits: "3/m" },
        { limits: "1/m" },
      ],
    });
    expect(await guarded.admits("GET /towns/1", { key: "a", group: "admin" })).toBe(100);
    expect(await guarded.admits("GET /towns/1", { key: "b", group: "gold" })).toBe(5);
    expect(await guarded.admits("GET /towns/1", { key: "c", group: "silver" })).toBe(5);
    expect(await guarded.admits("GET /towns/1", { key: "d" })).toBe(3);
    expect(await guarded.admits("GET /elsewhere", { key: "e" })).toBe(1);
  });

  test("a group that no rule of the path names falls through to a rule of a wider path", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/x", group: "gold", limits: "9/m" },
        { path: "/**", limits: "2/m" },
      ],
    });
    expect(await guarded.admits("GET /x", { group: "bronze" })).toBe(2);
  });

  test("no rule fits: the request passes, and nothing is told", async () => {
    const guarded = testGuard({ rules: [{ path: "/a", limits: "1/m" }] });
    expect(await guarded.ask("GET /b")).toEqual({
      reply: undefined,
      headers: [],
      identity: undefined,
      decided: [],
    });
  });

  test("a rule without limits ends the search and tells nothing", async () => {
    const guarded = testGuard({ rules: [{ path: "/a" }, { limits: "1/m" }] });
    expect(await guarded.admits("GET /a")).toBe(100);
    expect((await guarded.ask("GET /a")).headers).toEqual([]);
  });

  test.each(["__proto__", "constructor", "toString"])(
    "the group %s is a group like any other",
    async (group) => {
      const guarded = testGuard({ rules: [{ group: "x", limits: "1/m" }, { limits: "2/m" }] });
      expect(await guarded.admits("GET /", { group })).toBe(2);
      const named = testGuard({ rules: [{ group, limits: "1/m" }, { limits: "2/m" }] });
      expect(await named.admits("GET /", { group })).toBe(1);
    },
  );
});

describe("who is asking", () => {
  test("is resolved once, and not at all if no path and method fit", async () => {
    const identify = vi.fn<() => Promise<string>>(async () => "ann");
    const guarded = testGuard({
      identify,
      rules: [
        { path: "/a", method: "POST", group: "x", limits: "1/m" },
        { path: "/a", method: "POST", limits: "5/m" },
      ],
    });
    await guarded.ask("GET /a");
    await guarded.ask("POST /b");
    expect(identify).not.toHaveBeenCalled();
    await guarded.ask("POST /a");
    expect(identify).toHaveBeenCalledTimes(1);
  });

  test("is told in the passage", async () => {
    const { identity, decided } = await testGuard({ limits: "5/m" }).ask("GET /", {
      key: "bob",
      group: "gold",
    });
    expect(identity).toEqual({ key: "bob", group: "gold" });
    expect(decided.map(({ rule, decision }) => [rule.text, decision.key])).toEqual([["* /**", "bob"]]);
  });
});

describe("methods", () => {
  test("case 31: GET and HEAD share a counter, also where HEAD is named beside it", async () => {
    for (const method of ["GET", "get", ["GET", "HEAD"]]) {
      const guarded = testGuard({ rules: [{ path: "/a", method, limits: "2/m" }] });
      expect(await guarded.status("GET /a")).toBe(200);
      expect(await guarded.status("HEAD /a")).toBe(200);
      expect(await guarded.status("GET /a")).toBe(429);
      expect(await guarded.status("HEAD /a")).toBe(429);
      expect(await guarded.status("POST /a")).toBe(200);
    }
  });

  test("case 31: X-HTTP-Method-Override is not read", async () => {
    const guarded = testGuard({ rules: [{ path: "/a", method: "POST", limits: "1/m" }] });
    const headers = { "x-http-method-override": "GET", "x-method-override": "GET", "x-http-method": "GET" };
    expect(await guarded.status("POST /a", { headers })).toBe(200);
    expect(await guarded.status("POST /a", { headers })).toBe(429);
  });

  test("S3.15: each rule has its own quota by method", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", method: "get", limits: "2/m" },
        { path: "/a", method: "post", limits: "1/m" },
      ],
    });
    expect(await guarded.admits("GET /a")).toBe(2);
    expect(await guarded.admits("POST /a")).toBe(1);
  });

  test("S3.14: without a method all share one quota", async () => {
    const guarded = testGuard({ rules: [{ path: "/a", limits: "2/m" }] });
    expect(await guarded.status("GET /a")).toBe(200);
    expect(await guarded.status("DELETE /a")).toBe(200);
    expect(await guarded.status("PROPFIND /a")).toBe(429);
  });
});

describe("pools", () => {
  test("default: one for path pattern and methods, whatever the concrete path or the group", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/user/:id", group: "gold", limits: "5/m" },
        { path: "/user/:id", limits: "2/m" },
      ],
    });
    expect(await guarded.status("GET /user/1")).toBe(200);
    expect(await guarded.status("GET /user/2")).toBe(200);
    expect(await guarded.status("GET /user/3")).toBe(429);
    expect(await guarded.remaining("GET /user/1", { group: "gold" })).toBe(2);
  });

  test("S3.22, S3.23: rules of one pool share it across patterns", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", limits: "3/m", pool: "p" },
        { path: "/b/**", limits: "3/m", pool: "p" },
        { path: "/c", limits: "3/m" },
      ],
    });
    expect(await guarded.remaining("GET /a")).toBe(2);
    expect(await guarded.remaining("GET /b/1")).toBe(1);
    expect(await guarded.remaining("GET /a")).toBe(0);
    expect(await guarded.status("GET /b/2")).toBe(429);
    expect(await guarded.remaining("GET /c")).toBe(2);
  });

  test("S3.25: what is stored is usage, so groups with other limits share a pool", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", group: "gold", limits: "10/m", pool: "p" },
        { path: "/a", limits: "4/m", pool: "p" },
      ],
    });
    expect(await guarded.remaining("GET /a")).toBe(3);
    expect(await guarded.remaining("GET /a", { group: "gold" })).toBe(8);
    expect(await guarded.remaining("GET /a")).toBe(1);
    expect(await guarded.remaining("GET /a", { group: "gold" })).toBe(6);
    expect(await guarded.status("GET /a")).toBe(429);
    expect(await guarded.admits("GET /a", { group: "gold" })).toBe(6);
  });

  test('S3.24: "path" gives each concrete path its own, however it is spelt', async () => {
    const guarded = testGuard({ rules: [{ path: "/user/:id", limits: "2/m", pool: "path" }] });
    expect(await guarded.admits("GET /user/1")).toBe(2);
    expect(await guarded.status("GET /USER//1/?x=2")).toBe(429);
    expect(await guarded.status("GET /user/%31")).toBe(429);
    const { decided } = await guarded.ask("GET /user/2");
    expect(decided[0].decision).toMatchObject({ key: "ann", remaining: 1 });
  });

  test.each(["/login", "/**"])(
    'what a client writes before the path of %s makes no path of its own under "path"',
    async (path) => {
      const guarded = testGuard({ rules: [{ path, limits: "2/m", pool: "path" }] });
      expect(await guarded.admits("GET /login")).toBe(2);
      for (const target of ["//a/login", "/\\a/login", "//a/../login", "/a/../login", "http://h;a/login"])
        expect([target, await guarded.status(`GET ${target}`)]).toEqual([target, 429]);
    },
  );

  test("keys of a pool by path cannot be spelt by keys of another rule", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/u/:id", group: "x", limits: "2/m", pool: "path" },
        { path: "/u/:id", limits: "2/m" },
      ],
    });
    expect(await guarded.admits("GET /u/1", { key: "ann", group: "x" })).toBe(2);
    expect(await guarded.admits("GET /u/1", { key: '["/u/1","ann"]' })).toBe(2);
  });

  test("name keeps two guards on one store apart, their limits differing", async () => {
    const store = memoryStore();
    const first = testGuard({ store, name: "a", limits: "1/m" });
    const second = testGuard({ store, name: "b", limits: "2/m" });
    expect(await first.admits("GET /")).toBe(1);
    expect(await second.admits("GET /")).toBe(2);
  });

  test("name does not part pools that are named", async () => {
    const store = memoryStore();
    const rules = [{ limits: "2/m" as const, pool: "p" }];
    expect(await testGuard({ store, name: "a", rules }).admits("GET /")).toBe(2);
    expect(await testGuard({ store, name: "b", rules }).admits("GET /")).toBe(0);
  });

  test("namespace keeps two applications apart", async () => {
    const store = memoryStore();
    expect(await testGuard({ store, namespace: "a", limits: "1/m" }).admits("GET /")).toBe(1);
    expect(await testGuard({ store, namespace: "b", limits: "9/m" }).admits("GET /")).toBe(9);
  });
});

describe("several limits of a rule", () => {
  const rules = [
    {
      limits: [
        fixedWindow({ limit: 2, window: "1s", name: "burst" }),
        fixedWindow({ limit: 5, window: "1m", name: "steady" }),
      ],
    },
  ];

  test("S3.19: apply together, all or none", async () => {
    const guarded = testGuard({ rules });
    expect(await guarded.admits("GET /")).toBe(2);
    for (let i = 0; i < 20; i++) await guarded.ask("GET /");
    guarded.clock.advance(1000);
    expect(await guarded.admits("GET /")).toBe(2);
    guarded.clock.advance(1000);
    expect(await guarded.admits("GET /")).toBe(1);
    const { reply } = await guarded.ask("GET /");
    expect(JSON.parse(reply!.body)).toMatchObject({ "violated-policies": ["steady"] });
    expect(new Map(reply!.headers).get("Retry-After")).toBe("58");
  });

  test("each has its own key", async () => {
    const guarded = testGuard({ rules });
    expect(await guarded.admits("GET /", { key: "a" })).toBe(2);
    expect(await guarded.admits("GET /", { key: "b" })).toBe(2);
  });
});

describe("targets that frameworks read in two ways", () => {
  const rules = [
    { path: "/login", limits: "2/m" as const },
    { path: "/files/**", limits: "3/m" as const },
  ];

  test("are charged to both rules", async () => {
    const guarded = testGuard({ rules });
    const { decided, headers } = await guarded.ask("GET /files/../login");
    expect(decided.map(({ rule }) => rule.text)).toEqual(["* /login", "* /files/**"]);
    expect(new Map(headers).get("RateLimit-Policy")).toBe('"default";q=2;w=60, "default";q=3;w=60');
    expect(await guarded.admits("GET /login")).toBe(1);
    expect(await guarded.admits("GET /files/x")).toBe(2);
  });

  test("are refused if one of them refuses, and then no rule after it is charged", async () => {
    const guarded = testGuard({ rules });
    expect(await guarded.admits("GET /login")).toBe(2);
    expect(await guarded.status("GET /files/../login")).toBe(429);
    expect(await guarded.admits("GET /files/x")).toBe(3);
    expect(await guarded.status("GET /files/..%2f../login")).toBe(429);
  });

  test("one rule that fits both readings is charged once", async () => {
    const guarded = testGuard({ limits: "2/m" });
    expect(await guarded.admits("GET /a/../b")).toBe(2);
  });
});

describe("odd paths", () => {
  test.each([
    "/%E0%A4%A",
    "/%",
    "/%00",
    `/${"a".repeat(15_000)}`,
    "*",
    "",
    "/\\",
    "//",
    "http://",
    "/\u{d800}",
  ])("case 33: %.20j falls to the rule for every path", async (target) => {
    expect(await testGuard({ limits: "1/m" }).admits(`GET ${target}`)).toBe(1);
  });

  test("case 32: /api/v3/** is not /api/v3-secret", async () => {
    const guarded = testGuard({ rules: [{ path: "/api/v3/**", limits: "1/m" }] });
    expect(await guarded.admits("GET /api/v3-secret")).toBe(100);
    expect(await guarded.admits("GET /api/v3")).toBe(1);
    expect(await guarded.status("GET /api/v3/x/y")).toBe(429);
  });

  test.each(["/*a*a*a*a*b", "/a*", "/**/**"])("case 34: the pattern %s is refused", (path) => {
    expect(() => testGuard({ rules: [{ path, limits: "1/m" }] })).toThrow(
      expect.objectContaining({ code: "INVALID_PATTERN" }) as Error,
    );
  });

  test("case 34: 400 times a under a pattern of stars takes no time", async () => {
    const guarded = testGuard({ rules: [{ path: "/*/**/*/*/b", limits: "1/m" }, { limits: "9/m" }] });
    const line = `GET ${"/a".repeat(400)}`;
    await guarded.ask(line);
    const workedMs = worked();
    await guarded.ask(line);
    expect(workedMs()).toBeLessThan(50);
  });

  test("a RegExp keeps no state from request to request", async () => {
    const path = /\/user\/\d+/gy;
    path.lastIndex = 5;
    const guarded = testGuard({ rules: [{ path, limits: "4/m" }] });
    expect(await guarded.admits("GET /user/1")).toBe(4);
    expect(path.lastIndex).toBe(5);
  });
});

describe("skip", () => {
  test("lets a request pass before anything else is looked at", async () => {
    const identify = vi.fn<() => string>(() => "ann");
    const guarded = testGuard({ limits: "1/m", identify, skip: async ({ target }) => target === "/health" });
    expect(await guarded.admits("GET /health")).toBe(100);
    expect(identify).not.toHaveBeenCalled();
    expect(await guarded.admits("GET /")).toBe(1);
  });

  test("case 56: that throws or rejects lets nothing pass", async () => {
    const failure = new Error("skip failed");
    const thrown = testGuard({
      limits: "1/m",
      skip: () => {
        throw failure;
      },
    });
    await expect(thrown.ask("GET /")).rejects.toBe(failure);
    await expect(testGuard({ limits: "1/m", skip: () => Promise.reject(failure) }).ask("GET /")).rejects.toBe(
      failure,
    );
  });
});

describe("guard.rules", () => {
  test("charge a key as a request would", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/a", limits: "5/m", cost: 2 },
        { path: "/b/:id", limits: "5/m", pool: "path" },
      ],
    });
    const [first, second] = guarded.rules;
    await guarded.ask("GET /a");
    expect((await first.consume("ann", undefined, "/a")).remaining).toBe(1);
    expect((await first.consume("ann", 1, "/a")).remaining).toBe(0);
    await guarded.ask("GET /b/1");
    expect(await second.consume("ann", undefined, "/B/1")).toMatchObject({ key: "ann", remaining: 3 });
    expect((await second.consume("ann", undefined, "/b/2")).remaining).toBe(4);
  });
});

test("case 36: a guard that sees one request again counts it once and warns once", async () => {
  const onWarning = vi.fn<(warning: { code: string }) => void>();
  const guarded = testGuard({ limits: "3/m", identify: () => "ann", onWarning });
  for (let i = 0; i < 3; i++) {
    const twice = request("GET /", { native: { i } });
    expect((await guarded.check(twice)).decided).toHaveLength(1);
    expect(await guarded.check(twice)).toMatchObject({ reply: undefined, headers: [], decided: [] });
  }
  expect(await guarded.status("GET /")).toBe(429);
  expect(onWarning.mock.calls.map(([{ code }]) => code)).toEqual(["MOUNTED_TWICE"]);
});

test("case 36: two guards count one request each", async () => {
  const [first, second] = [
    testGuard({ limits: "3/m", identify: () => "ann" }),
    testGuard({ limits: "3/m", identify: () => "ann" }),
  ];
  const shared = request("GET /", { native: {} });
  expect((await first.check(shared)).decided).toHaveLength(1);
  expect((await second.check(shared)).decided).toHaveLength(1);
});

test("case 36: a native request that is released is counted again; without one every request is", async () => {
  const guarded = testGuard({ limits: "9/m", identify: () => "ann" });
  const native = {};
  await guarded.check(request("GET /", { native }));
  guarded.release(native);
  expect((await guarded.check(request("GET /", { native }))).decided).toHaveLength(1);
  for (let i = 0; i < 2; i++) {
    expect((await guarded.check(request("GET /", { native: undefined }))).decided).toHaveLength(1);
  }
  expect(() => guarded.release(undefined)).not.toThrow();
});

test("case 36: guards that are built inside a handler warn", async () => {
  const warnings: string[] = [];
  const handle = async () => {
    const guarded = testGuard({
      limits: "7 per 7 minutes",
      store: undefined!,
      onWarning: ({ code }) => void warnings.push(code),
    });
    await guarded.ask("GET /");
  };
  for (let i = 0; i < 20; i++) await handle();
  expect(warnings).toEqual(["BUILT_PER_REQUEST"]);
});

test("case 36: guards that are built alike, once, do not warn", async () => {
  const warnings: string[] = [];
  const onWarning = ({ code }: { code: string }) => void warnings.push(code);
  const guards = Array.from({ length: 5 }, () =>
    testGuard({ limits: "8 per 8 minutes", store: undefined!, onWarning }),
  );
  for (const guarded of guards) await guarded.ask("GET /");
  for (let i = 0; i < 5; i++) {
    const guarded = testGuard({ limits: "9 per 9 minutes", store: undefined!, onWarning });
    await guarded.ask("GET /");
    await guarded.ask("GET /");
  }
  for (let i = 0; i < 5; i++) {
    const guarded = testGuard({ limits: "11 per 11 minutes", store: undefined!, onWarning });
    await settle();
    await guarded.ask("GET /");
  }
  expect(warnings).toEqual([]);
});
