import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Redis } from "ioredis";
import { casStore, type CasBackend } from "sluice/cas";
import {
  clientIp,
  guard,
  type GuardOptions,
  memoryStore,
  rateLimiter,
  type Rule,
  slidingWindow,
  type Store,
  type Warning,
} from "sluice";
import { rateLimit } from "sluice/node";
import { redisStore } from "sluice/redis";
import { sqliteStore } from "sluice/sqlite";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../adapters/exchange.ts";
import { temporaryFile } from "../sqlite/temporaryFile.ts";
import { type Asker, request, testGuard } from "./ask.ts";

let told: Warning[] = [];
const onWarning = (warning: Warning): void => void told.push(warning);
const codes = (): string[] => told.map(({ code }) => code);
beforeEach(() => void (told = []));

describe("addresses", () => {
  const trusted = { address: "127.0.0.1", headers: { "x-forwarded-for": "junk" } };
  test.each<[code: string, identify: ReturnType<typeof clientIp>, asker: Asker]>([
    ["FORWARDED_UNTRUSTED", clientIp(), { headers: { "x-forwarded-for": "9.9.9.9" } }],
    ["FORWARDED_MALFORMED", clientIp({ trustedProxies: ["127.0.0.0/8"] }), trusted],
    ["ADDRESS_MISSING", clientIp(), { address: undefined }],
    ["ADDRESS_MISSING", clientIp(), { address: "unknown" }],
    ["ALL_TRUSTED", clientIp({ unsafeTrustAll: true }), {}],
    ["ALL_TRUSTED", clientIp({ trustedProxies: ["0.0.0.0/0"], unsafeTrustAll: true }), {}],
    ["HOPS_TRUSTED", clientIp({ hops: 1 }), {}],
  ])("%s is told once, with the page that says more", async (code, identify, asker) => {
    const guarded = testGuard({ limits: "9/m", identify, onMissingIdentity: "skip", onWarning });
    for (let i = 0; i < 3; i++) await guarded.ask("GET /", asker);
    expect(codes()).toEqual([code]);
    expect(told[0].message).toMatch(/\(see docs\/warnings\.md\)$/);
  });

  test("nothing is told of what is in order", async () => {
    const identify = clientIp({ trustedProxies: ["127.0.0.0/8"] });
    const guarded = testGuard({ limits: "9/m", identify, onWarning });
    await guarded.ask("GET /", { address: "127.0.0.1", headers: { "x-forwarded-for": "9.9.9.9" } });
    expect(codes()).toEqual([]);
  });
});

describe("DEFAULT_NAMESPACE", () => {
  const records: CasBackend<number> = { read: async () => undefined, swap: async () => true };
  const shared: Record<string, () => Store> = {
    redis: () => redisStore(new Redis({ lazyConnect: true })),
    sqlite: () => {
      const store = sqliteStore(temporaryFile());
      onTestFinished(() => store.close());
      return store;
    },
    cas: () => casStore(records),
  };

  test.each(Object.entries(shared))("a store on %s without a namespace: once for each store", (_, make) => {
    const store = make();
    guard({ limits: "1/m", store, onWarning, name: "a" });
    guard({ limits: "1/m", store, onWarning, name: "b" });
    expect(codes()).toEqual(["DEFAULT_NAMESPACE"]);
    guard({ limits: "1/m", store: make(), onWarning, namespace: "shop" });
    rateLimiter({ limits: "1/m", store: make(), onWarning, namespace: "sluice" });
    expect(codes()).toHaveLength(1);
    rateLimiter({ limits: "1/m", store: make(), onWarning });
    expect(codes()).toEqual(["DEFAULT_NAMESPACE", "DEFAULT_NAMESPACE"]);
  });

  test("memory is nobody else's", () => {
    guard({ limits: "1/m", store: memoryStore(), onWarning });
    guard({ limits: "1/m", store: sqliteStore(":memory:"), onWarning });
    rateLimiter({ limits: "1/m", onWarning });
    expect(codes()).toEqual([]);
  });

  test("without a listener the console is told", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    rateLimiter({ limits: "1/m", store: casStore(records) });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^sluice: DEFAULT_NAMESPACE: .* \(see docs\/warnings\.md\)$/)],
    ]);
    expect(() => rateLimiter({ limits: "1/m", onWarning: "console" as never })).toThrow(
      /onWarning must be a func/,
    );
  });
});

describe("HEADERS_SENT", () => {
  const sentBefore = async (options: GuardOptions) => {
    const limited = rateLimit({ identify: () => "ann", onWarning, ...options })((_request, response) =>
      response.end("b"),
    );
    return listen(
      createServer((request, response) => {
        response.writeHead(200).write("a");
        void limited(request, response);
      }),
    );
  };

  test("case 10: a head that was sent before is no error, the request is counted, and it is told once", async () => {
    const { send } = await sentBefore({ limits: "2/m" });
    const answers = [await send(), await send(), await send()];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, "ab"],
      [200, "ab"],
      [200, "a"],
    ]);
    expect(codes()).toEqual(["HEADERS_SENT"]);
  });

  test("is not told where there is nothing to say", async () => {
    const { send } = await sentBefore({ limits: "2/m", skip: () => true });
    expect((await send()).body).toBe("ab");
    expect(codes()).toEqual([]);
  });
});

describe("BUILT_PER_REQUEST", () => {
  test("case 36: also where a store is given, and without the claim that nothing is counted", async () => {
    const store = memoryStore();
    const options = { limits: "7 per 7 minutes", store, onWarning, name: "built" } as const;
    const perRequest = () => testGuard(options).status("GET /");
    for (let i = 0; i < 9; i++) await perRequest();
    expect(new Set(codes())).toEqual(new Set(["BUILT_PER_REQUEST"]));
    expect(told[0].message).not.toContain("nothing is ever counted");
    expect(await perRequest()).toBe(429);
  });

  test("guards that share a store and are asked again and again are no such thing", async () => {
    const store = memoryStore();
    for (let i = 0; i < 5; i++) {
      const guarded = testGuard({ limits: "90/m", store, onWarning, name: "shared" });
      for (let asked = 0; asked < 2; asked++) expect(await guarded.status("GET /")).toBe(200);
    }
    expect(codes()).toEqual([]);
  });
});

test("UNKNOWN_METHOD is told where no standard knows the method of a rule, and what may be meant", () => {
  const rules = [
    { limits: "9/m", path: "/a", method: ["GET", "propfind"] },
    { limits: "9/m", method: "PSOT" },
  ] as const;
  guard({ rules, onWarning });
  expect(codes()).toEqual(["UNKNOWN_METHOD"]);
  expect(told[0].message).toContain(
    'rules[1] is for the method "PSOT", which no standard knows (did you mean "POST"?)',
  );
});

test("MOUNTED_TWICE is told once", async () => {
  const guarded = testGuard({ limits: "9/m", onWarning });
  const asked = request("GET /");
  for (let i = 0; i < 3; i++) await guarded.check(asked);
  expect(codes()).toEqual(["MOUNTED_TWICE"]);
});

test("the page tells every code that the library can warn of, and no other", () => {
  const root = new URL("../../src/", import.meta.url);
  const sources = globSync("**/*.ts", { cwd: root }).map((path) => readFileSync(new URL(path, root), "utf8"));
  const warning = sources.filter((text) => /\bwarn(Again)?\(|\bWarning\b/.test(text));
  const known = warning.flatMap((text) => [...text.matchAll(/(?:code: |\badd\(\s*)"([A-Z][A-Z_]+)"/g)]);
  const page = readFileSync(new URL("../../../../docs/warnings.md", import.meta.url), "utf8");
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(listed.length).toBeGreaterThan(20);
  expect(listed.toSorted()).toEqual([...new Set(known.map(([, code]) => code))].toSorted());
});

describe("COUNTED_TOGETHER", () => {
  test("S2.19: is told once of guards on one store with the same rule", () => {
    const store = memoryStore();
    guard({ store, limits: "2/h", onWarning });
    expect(codes()).toEqual([]);
    for (let i = 0; i < 3; i++) guard({ store, limits: "2/h", onWarning });
    expect(codes()).toEqual(["COUNTED_TOGETHER"]);
  });

  test("is not told where something says that it is meant, or keeps them apart", () => {
    const store = memoryStore();
    const shared = { store, rules: [{ limits: "2/h", pool: "both" }], onWarning } as const;
    for (const options of [shared, shared, { store, limits: "2/h", onWarning } as const]) guard(options);
    guard({ store, limits: "2/h", name: "contact", onWarning });
    guard({ store, limits: "2/h", namespace: "other", onWarning });
    guard({ store, rules: [{ path: "/contact", limits: "2/h" }], onWarning });
    guard({ store: memoryStore(), limits: "2/h", onWarning });
    for (let i = 0; i < 2; i++) guard({ store, rules: [{ path: "/free" }], onWarning });
    expect(codes()).toEqual([]);
  });
});

describe("NEVER_PASSES", () => {
  test.each<[string, GuardOptions]>([
    ["a cost above a limit", { limits: "3/m", cost: 5 }],
    ["one that says it by name", { limits: "3/m", cost: { default: 5 } }],
  ])("is told of %s, once", async (_, options) => {
    const guarded = testGuard({ ...options, onWarning });
    expect(codes()).toEqual(["NEVER_PASSES"]);
    expect(await guarded.status("GET /")).toBe(429);
  });

  test.each<[string, GuardOptions]>([
    ["a limit of 0, which is meant to refuse", { limits: "0/m", cost: 5 }],
    ["a dry run", { limits: "3/m", cost: 5, dryRun: true }],
    ["a limit that runs dry", { limits: slidingWindow({ limit: 1, window: "1m", dryRun: true }), cost: 5 }],
    ["a function", { limits: "3/m", cost: () => 5 }],
    ["no limits", { rules: [{ path: "/a" }, { limits: "5/m" }], cost: 5 }],
  ])("is not told of %s", (_, options) => {
    guard({ ...options, onWarning });
    expect(codes()).toEqual([]);
  });
});

test("what is wrong with several rules is told of all of them", () => {
  const rules: Rule[] = [
    { path: "/a", method: "PSOT", limits: "1/m", cost: 2 },
    { path: "/b", method: "GTE", limits: "1/m", cost: 3 },
  ];
  const store = memoryStore();
  for (let i = 0; i < 2; i++) guard({ rules, store, onWarning });
  const messagesOf = (wanted: string) =>
    told.filter(({ code }) => code === wanted).map(({ message }) => message);
  for (const code of ["UNKNOWN_METHOD", "NEVER_PASSES"])
    for (const message of messagesOf(code)) expect(message).toMatch(/rules\[0\].*; rules\[1\]/);
  expect(messagesOf("COUNTED_TOGETHER")).toEqual([
    expect.stringContaining('counts "PSOT /a", "GTE /b" too') as string,
  ]);
});
