import { expect, test } from "vitest";
import { rawRequest } from "./rawRequest.ts";
import { metricsOf, type Served, serving } from "./serving.ts";

const RULES = `
rules:
  - { path: /health }
  - { path: /login, method: POST, limits: 2/h, blockFor: 3h, blockScope: rule }
  - { path: "/User/:id", limits: [5/m, { fixedWindow: { limit: 50, window: 1d, name: daily } }], cost: { daily: 3 } }
  - { path: /files/**, limits: 3/h, pool: path }
  - { path: /beta, limits: 1/h, dryRun: true }
  - { path: /vip, group: gold, limits: 9/h }
`;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function consume({ adminUrl }: Served, call: unknown): Promise<Answer> {
  const body = typeof call === "string" ? call : JSON.stringify(call);
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${adminUrl}/v1/consume`, { method: "POST", headers, body });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

test("a rule is charged as its route would, and answers 200 or 429 with the decision and the fields", async () => {
  const served = await serving(RULES);
  const call = { rule: "POST /login", key: "user:42" };
  const first = await consume(served, call);
  expect(first.status).toBe(200);
  expect(first.headers.get("ratelimit-policy")).toBe('"default";q=2;w=3600');
  expect(first.body).toMatchObject({ rule: "POST /login", allowed: true, key: "user:42", remaining: 1 });
  await consume(served, call);
  const third = await consume(served, call);
  expect(third.status).toBe(429);
  expect(third.headers.get("content-type")).toBe("application/json");
  expect(third.headers.get("retry-after")).toBe("10800");
  expect(third.body).toMatchObject({ allowed: false, reason: "limited", retryAfterMs: 10_800_000 });
  expect((await consume(served, call)).body).toMatchObject({ reason: "blocked" });
  const metrics = await metricsOf(served);
  expect(metrics).toContain('sluice_requests_total{rule="POST /login",outcome="limited"} 1');
  expect(metrics).not.toContain("user:42");
});

test("a call that the store fails is counted and timed, one that cannot be understood is neither", async () => {
  const rules = "onStoreError: throw\nrules: [{ limits: 2/d }]";
  const served = await serving(rules, { store: "redis://127.0.0.1:1" });
  expect((await consume(served, { rule: 0, key: "a" })).status).toBe(503);
  expect((await consume(served, { rule: 1, key: "a" })).status).toBe(400);
  const metrics = await metricsOf(served);
  expect(metrics).toContain('sluice_requests_total{rule="none",outcome="store-error"} 1');
  expect(metrics).toContain("sluice_decision_duration_seconds_count 1");
});

test("route and API spend from the same counters", async () => {
  const served = await serving(RULES);
  const ask = () => fetch(`${served.url}/login`, { method: "POST" });
  expect((await ask()).status).toBe(200);
  expect((await consume(served, { rule: "POST /login", key: "ip:127.0.0.1" })).body).toMatchObject({
    remaining: 0,
  });
  expect((await ask()).status).toBe(429);
  expect((await consume(served, { rule: 1, key: "ip:127.0.0.1" })).body).toMatchObject({ reason: "blocked" });
});

test("a rule may be named in any case, by its place, or by a path alone", async () => {
  const served = await serving(RULES);
  for (const rule of ["* /user/:id", "* /USER/:ID", "/user/:id", 2]) {
    expect((await consume(served, { rule, key: "a" })).body).toMatchObject({ rule: "* /user/:id" });
  }
  expect((await consume(served, { rule: "* /vip [gold]", key: "a" })).body).toMatchObject({ remaining: 8 });
});

/** What each limit was charged. */
function costs({ body }: Answer): number[] {
  return (body["limits"] as { cost: number }[]).map(({ cost }) => cost);
}

test("the cost is that of the rule, unless the call names its own", async () => {
  const served = await serving(RULES);
  const rule = "/user/:id";
  expect(costs(await consume(served, { rule, key: "a" }))).toEqual([1, 3]);
  expect(costs(await consume(served, { rule, key: "a", cost: 2 }))).toEqual([2, 2]);
  expect(costs(await consume(served, { rule, key: "a", cost: { "5/m": 0, daily: 7 } }))).toEqual([0, 7]);
  expect((await consume(served, { rule, key: "b", cost: 6 })).body).toMatchObject({
    reason: "never",
    retryAfterMs: null,
  });
});

test("a rule that counts each path by itself needs the path, and shares with the route", async () => {
  const served = await serving(RULES);
  const call = { rule: "/files/**", key: "ip:127.0.0.1" };
  expect((await consume(served, call)).body).toMatchObject({ status: 400, code: "INVALID_OPTION" });
  await fetch(`${served.url}/files/One/`);
  expect((await consume(served, { ...call, path: "/files/one" })).body).toMatchObject({
    key: "ip:127.0.0.1",
    remaining: 1,
  });
  expect((await consume(served, { ...call, path: "/files/two" })).body).toMatchObject({ remaining: 2 });
  expect((await consume(served, { rule: 1, key: "a", path: "/login" })).status).toBe(400);
});

test("a rule without limits allows, a rule on trial allows and tells what it would have done", async () => {
  const served = await serving(RULES);
  const unlimited = await consume(served, { rule: "/health", key: "a" });
  expect([unlimited.status, unlimited.body]).toEqual([
    200,
    { rule: "* /health", allowed: true, key: "a", reason: "ok", limits: [] },
  ]);
  await consume(served, { rule: "/beta", key: "a" });
  const onTrial = await consume(served, { rule: "/beta", key: "a" });
  expect([onTrial.status, onTrial.headers.get("ratelimit")]).toEqual([200, null]);
  expect(onTrial.body).toMatchObject({
    allowed: true,
    reason: "ok",
    dryRun: { allowed: false, reason: "limited" },
  });
});

test("limits may come with the call; the same limits are the same counters, however they are written", async () => {
  const served = await serving(RULES);
  const remaining = async (limits: unknown, key = "a") =>
    (await consume(served, { limits, key })).body["remaining"];
  expect(await remaining("100/m")).toBe(99);
  expect(await remaining("100 per minute")).toBe(98);
  expect(await remaining([{ slidingWindow: { limit: 100, window: "1m" } }])).toBe(97);
  expect(await remaining("100/m", "b")).toBe(99);
  expect(await remaining("100/h")).toBe(99);
  expect(await remaining(["100/m", { tokenBucket: { capacity: 5, refill: "1/s" } }])).toBe(4);
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="ad hoc",outcome="allowed"} 6');
});

test("limits may come in any order, and one by the name it has anyway: the counters are the same", async () => {
  const served = await serving(RULES);
  const bucket = { tokenBucket: { capacity: 5, refill: "1/d" } };
  const limitsOf = async (limits: unknown) =>
    (
      (await consume(served, { limits, key: "a" })).body["limits"] as { name: string; remaining: number }[]
    ).map(({ name, remaining }) => `${name} ${remaining}`);
  expect(await limitsOf(["100/d", bucket])).toEqual(["100/d 99", "1/d 4"]);
  expect(await limitsOf([bucket, "100/d"])).toEqual(["1/d 3", "100/d 98"]);
  expect(await limitsOf("7/d")).toEqual(["default 6"]);
  expect(await limitsOf({ slidingWindow: { limit: 7, window: "1d", name: "default" } })).toEqual([
    "default 5",
  ]);
  expect(await limitsOf([{ slidingWindow: { limit: 7, window: "1d", name: "default" } }])).toEqual([
    "default 4",
  ]);
});

test("limits that name a subject are refused, and the same limits without one still work", async () => {
  const served = await serving(RULES);
  const window = { limit: 7, window: "1h" };
  for (const limits of [
    { fixedWindow: { ...window, by: "tenant" } },
    [{ fixedWindow: { ...window, by: "tenant" } }, "5/m"],
  ]) {
    const { status, body } = await consume(served, { limits, key: "a" });
    expect([status, body["code"]]).toEqual([400, "INVALID_LIMIT"]);
    expect(body["detail"]).toContain('says by: "tenant"');
  }
  const plain = await consume(served, { limits: { fixedWindow: window }, key: "a" });
  expect([plain.status, plain.body["remaining"]]).toEqual([200, 6]);
});

test("lists of keys hold for calls as for requests: who is denied is refused, who is allowed is not counted", async () => {
  const served = await serving(`
deny: { keys: [banned] }
allow: { keys: [vip] }
rules:
  - { path: /a, limits: 1/h }
  - { path: /b, limits: 1/h, deny: { keys: [here] } }
  - { path: /try, limits: 1/h, dryRun: true }
  - { path: /free }
`);
  const answer = async (rule: string, key: string) => {
    const { status, body } = await consume(served, { rule, key });
    return [status, body["reason"]];
  };
  expect(await answer("/a", "banned")).toEqual([403, "denied"]);
  expect(await answer("/b", "here")).toEqual([403, "denied"]);
  expect(await answer("/a", "here")).toEqual([200, "ok"]);
  expect(await answer("/try", "banned")).toEqual([200, "ok"]);
  for (let i = 0; i < 3; i++) expect(await answer("/a", "vip")).toEqual([200, "ok"]);
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="* /a",outcome="unlimited"} 3');
});

test("more kinds of limits than are kept ready still keep their counts", async () => {
  const served = await serving(RULES);
  await consume(served, { limits: "5/h", key: "a" });
  for (let i = 0; i < 1010; i++) await consume(served, { limits: `${i + 10}/h`, key: "a" });
  expect((await consume(served, { limits: "5/h", key: "a" })).body).toMatchObject({ remaining: 3 });
}, 30_000);

test("keys such as __proto__ have counters of their own (26)", async () => {
  const served = await serving(RULES);
  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    expect((await consume(served, { limits: "3/h", key })).body).toMatchObject({ key, remaining: 2 });
    expect((await consume(served, { limits: "3/h", key })).body).toMatchObject({ key, remaining: 1 });
  }
});

test.each<[what: string, call: unknown, code: string | undefined, detail: string]>([
  ["no JSON", "{", undefined, "the body is not JSON"],
  ["nothing", "", undefined, "the body is not JSON"],
  ["a list", [], "INVALID_OPTION", "consume takes an object"],
  ["null", "null", "INVALID_OPTION", "consume takes an object"],
  ["an unknown member", { limits: "1/s", key: "a", kost: 1 }, "UNKNOWN_OPTION", 'did you mean "cost"?'],
  [
    "a member called __proto__ (26)",
    '{"__proto__":{},"limits":"1/s","key":"a"}',
    "UNKNOWN_OPTION",
    '"__proto__"',
  ],
  ["neither rule nor limits", { key: "a" }, "INVALID_OPTION", "either rule or limits"],
  ["both", { rule: 0, limits: "1/s", key: "a" }, "INVALID_OPTION", "either rule or limits"],
  ["no key (27)", { limits: "1/s" }, "INVALID_KEY", "needs a key"],
  ["an empty key (27)", { limits: "1/s", key: "" }, "INVALID_KEY", "needs a key"],
  ["null for a key (27)", { limits: "1/s", key: null }, "INVALID_KEY", "needs a key"],
  [
    "an object for a key (27)",
    { rule: "/files/**", path: "/files/a", key: {} },
    "INVALID_KEY",
    "needs a key",
  ],
  ["an unknown rule", { rule: "POST /logn", key: "a" }, "INVALID_OPTION", 'did you mean "POST /login"?'],
  ["a place that no rule has", { rule: 99, key: "a" }, "INVALID_OPTION", "they are 0 to 5"],
  ["half a place", { rule: 1.5, key: "a" }, "INVALID_OPTION", "there is no rule 1.5"],
  [
    "a rule of another kind",
    { rule: ["POST /login"], key: "a" },
    "INVALID_OPTION",
    "by its text or its place",
  ],
  ["a rule of 60 kB", { rule: "x".repeat(60_000), key: "a" }, "INVALID_OPTION", "by its text or its place"],
  [
    "a negative cost for a rule without limits",
    { rule: 0, key: "a", cost: -5 },
    "INVALID_COST",
    "whole number",
  ],
  ["a cost that is text for such a rule", { rule: 0, key: "a", cost: "5" }, "INVALID_COST", "whole number"],
  ["a negative cost", { rule: 1, key: "a", cost: -1 }, "INVALID_COST", "whole number"],
  ["half a cost", { rule: 1, key: "a", cost: 0.5 }, "INVALID_COST", "whole number"],
  ["null for a cost", { rule: 1, key: "a", cost: null }, "INVALID_COST", "whole number"],
  [
    "a cost for a limit that is not there",
    { rule: 2, key: "a", cost: { dayly: 1 } },
    "INVALID_COST",
    '"dayly"',
  ],
  ["wrong limits", { limits: "1/x", key: "a" }, "INVALID_LIMIT", '"1/x"'],
  ["no limits", { limits: [], key: "a" }, "INVALID_LIMIT", "must not be empty"],
  ["null for limits", { limits: null, key: "a" }, "INVALID_LIMIT", "null"],
  [
    "an unknown algorithm",
    { limits: { tokenBuket: {} }, key: "a" },
    "INVALID_LIMIT",
    'did you mean "tokenBucket"?',
  ],
  [
    "a limit on concurrency",
    { limits: ["5/m", { concurrency: { limit: 5 } }], key: "a" },
    "INVALID_LIMIT",
    "is not told when a request has ended",
  ],
  [
    "a wrong option",
    { limits: { gcra: { rate: "1/s", brst: 1 } }, key: "a" },
    "UNKNOWN_OPTION",
    'did you mean "burst"?',
  ],
  ["no options", { limits: { gcra: null }, key: "a" }, "INVALID_OPTION", "gcra takes an object"],
  [
    "limits that look made already",
    { limits: { machine: {}, params: {} }, key: "a" },
    "INVALID_LIMIT",
    "one algorithm",
  ],
  ["a path for limits", { limits: "1/s", key: "a", path: "/a" }, "INVALID_OPTION", "with a rule only"],
  ["a path that is none", { rule: "/files/**", key: "a", path: 5 }, "INVALID_OPTION", "must be a string"],
])("%s is 400 with a code, and nothing is charged", async (_what, call, code, detail) => {
  const served = await serving(RULES);
  const { status, headers, body } = await consume(served, call);
  expect(status).toBe(400);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(body).toMatchObject({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    ...(code !== undefined && { code }),
  });
  expect(body["detail"]).toContain(detail);
  expect(await metricsOf(served)).not.toContain("sluice_requests_total{");
});

test("a body over 64 kB is 413, told beforehand or not, and the client gets to see it", async () => {
  const { adminUrl } = await serving(RULES);
  const headers = { "content-type": "application/json" };
  for (const body of ["x".repeat(65_537), "x".repeat(5_000_000)]) {
    expect((await fetch(`${adminUrl}/v1/consume`, { method: "POST", headers, body })).status).toBe(413);
  }
  const head =
    "POST /v1/consume HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${(70_000).toString(16)}\r\n${"x".repeat(70_000)}\r\n0\r\n\r\n`;
  expect(await rawRequest(adminUrl, chunked)).toContain("HTTP/1.1 413 ");
});

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", undefined])(
  "a body of type %s, as a page of the web can send it unasked, is 415",
  async (type) => {
    const { adminUrl } = await serving(RULES);
    const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
    const body = new TextEncoder().encode(JSON.stringify({ limits: "1/s", key: "a" }));
    expect((await fetch(`${adminUrl}/v1/consume`, { method: "POST", headers, body })).status).toBe(415);
  },
);

test("application/json may have parameters", async () => {
  const { adminUrl } = await serving(RULES);
  const headers = { "content-type": "Application/JSON; charset=utf-8" };
  const response = await fetch(`${adminUrl}/v1/consume`, {
    method: "POST",
    headers,
    body: '{"limits":"1/s","key":"é"}',
  });
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ key: "é" })]);
});
