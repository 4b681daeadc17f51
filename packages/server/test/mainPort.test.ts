import { parseList } from "structured-headers";
import { expect, test } from "vitest";
import { rawRequest } from "./rawRequest.ts";
import { metricsOf, serving, statuses } from "./serving.ts";

const PROBLEM = "https://iana.org/assignments/http-problem-types#quota-exceeded";

test("what is allowed is 200 with the decision as JSON and the fields of draft-11 (1)", async () => {
  const { url } = await serving("rules: [{ path: /hello, limits: 100/m }]");
  const response = await fetch(`${url}/hello?x=1`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
  expect(response.headers.get("ratelimit")).toMatch(/^"default";r=99;t=([1-9]|[1-5]\d|60)$/);
  for (const field of ["ratelimit-policy", "ratelimit"]) {
    expect(parseList(response.headers.get(field)!).map(([name]) => name)).toEqual(["default"]);
  }
  expect(await response.json()).toMatchObject({
    rule: "* /hello",
    allowed: true,
    key: "ip:127.0.0.1",
    cost: 1,
    limit: 100,
    remaining: 99,
    retryAfterMs: 0,
    reason: "ok",
    degraded: false,
    limits: [{ name: "default", algorithm: "sliding-window" }],
  });
});

test("what is refused is 429 with Retry-After, no-store and the problem body (2, 8)", async () => {
  const { url } = await serving("rules: [{ path: /login, method: POST, limits: [2/h, 9/d] }]");
  const ask = () => fetch(`${url}/login`, { method: "POST", body: "name=a" });
  expect(await statuses(2, ask)).toEqual([200, 200]);
  const response = await ask();
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(parseList(response.headers.get("ratelimit")!).map(([name]) => name)).toEqual(["2/h", "9/d"]);
  expect(await response.json()).toMatchObject({ type: PROBLEM, status: 429, "violated-policies": ["2/h"] });
});

test("who is denied is 403 and who is allowed is not counted, by the address behind a trusted proxy", async () => {
  const rules = `
deny: { addresses: [192.0.2.0/24] }
rules: [{ path: /a, limits: 1/h, allow: { addresses: [198.51.100.7] } }]`;
  const served = await serving(rules, { trustedProxies: ["127.0.0.0/8"] });
  const ask = (from: string) =>
    fetch(`${served.url}/a`, { headers: { "x-forwarded-for": from, "x-forwarded-uri": "/a" } });
  expect(await statuses(2, () => ask("192.0.2.66"))).toEqual([403, 403]);
  expect(await statuses(3, () => ask("198.51.100.7"))).toEqual([200, 200, 200]);
  expect(await statuses(2, () => ask("203.0.113.9"))).toEqual([200, 429]);
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="* /a",outcome="denied"} 2');
});

test("a limit of 0 can never pass: Infinity is null in JSON, and there is no Retry-After", async () => {
  const { url, adminUrl } = await serving("rules: [{ limits: { fixedWindow: { limit: 0, window: 1m } } }]");
  const response = await fetch(`${url}/a`);
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, null]);
  const consumed = await fetch(`${adminUrl}/v1/consume`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ rule: 0, key: "a" }),
  });
  expect(await consumed.json()).toMatchObject({ allowed: false, reason: "never", retryAfterMs: null });
});

test("a request that no limited rule fits passes, and nothing is counted", async () => {
  const served = await serving("rules: [{ path: /health }, { path: /a, limits: 1/h }]");
  for (const path of ["/health", "/elsewhere"]) {
    const response = await fetch(served.url + path);
    expect([response.status, response.headers.get("ratelimit")]).toEqual([200, null]);
    expect(await response.json()).toEqual({ rule: null, allowed: true, reason: "ok", limits: [] });
  }
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="none",outcome="unlimited"} 2');
});

test("a path rule cannot be dodged by spelling (30), GET includes HEAD, overrides of the method are ignored (31)", async () => {
  const { url } = await serving("rules: [{ path: /login, method: GET, limits: 5/h }]");
  const spellings = ["/login", "/LOGIN/", "/%6cogin", "/login?x", "/login/"];
  for (const path of spellings) expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
  expect((await fetch(`${url}/login`, { method: "HEAD" })).status).toBe(429);
  expect((await fetch(`${url}/login`, { headers: { "x-http-method-override": "POST" } })).status).toBe(429);
  expect((await fetch(`${url}/login`, { method: "POST" })).status).toBe(200);
});

test("/api/v3/** is not /api/v3-secret (32)", async () => {
  const { url } = await serving("rules: [{ path: /api/v3/**, limits: 1/h }]");
  expect(await statuses(2, () => fetch(`${url}/api/v3-secret`))).toEqual([200, 200]);
  expect(await statuses(2, () => fetch(`${url}/api/v3/a/b`))).toEqual([200, 429]);
});

test("a target that can be read in two ways is charged to both rules, and tells both", async () => {
  const { url } = await serving(
    "rules: [{ path: /login, limits: 5/h }, { path: '/user/:id/login', limits: 3/h }]",
  );
  const target = "GET /user/../login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const answer = await rawRequest(url, target);
  expect(answer).toContain("HTTP/1.1 200 OK");
  const body = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))) as {
    rule: string;
    others: { rule: string }[];
  };
  expect([body.rule, body.others.map(({ rule }) => rule)]).toEqual(["* /user/:id/login", ["* /login"]]);
});

test("forwarding headers that rotate are one bucket without trust (14)", async () => {
  const served = await serving("rules: [{ limits: 100/h }]");
  let i = 0;
  const ask = () => {
    i++;
    const address = `203.0.${i >> 8}.${i & 255}`;
    return fetch(served.url, {
      headers: {
        "x-forwarded-for": address,
        forwarded: `for=${address}`,
        "x-real-ip": address,
        "cf-connecting-ip": address,
      },
    });
  };
  const found = await statuses(1000, ask);
  expect(found.filter((status) => status === 200)).toHaveLength(100);
  expect(served.complaints.filter((line) => line.includes("FORWARDED_UNTRUSTED"))).toHaveLength(1);
});

test.each([
  ["6.6.6.6, 9.9.9.9", "ip:9.9.9.9"],
  ["6.6.6.6, 9.9.9.9, 127.0.0.2", "ip:9.9.9.9"],
  ["9.9.9.9:1234", "ip:9.9.9.9"],
  ["[2001:db8::1]:443", "ip:2001:db8::/64"],
  ["9.9.9.9, unknown", "ip:127.0.0.1"],
])("X-Forwarded-For %j from a trusted proxy is %s (15, 17, 18)", async (chain, key) => {
  const { url } = await serving("rules: [{ limits: 100/h }]", { trustedProxies: ["127.0.0.0/8"] });
  const response = await fetch(url, { headers: { "x-forwarded-for": chain } });
  expect(await response.json()).toMatchObject({ key });
});

test("trust named in the file stands above --trusted-proxies", async () => {
  const { url } = await serving(
    "identify: { clientIp: { trustedProxies: [10.0.0.0/8] } }\nrules: [{ limits: 100/h }]",
    {
      trustedProxies: ["127.0.0.0/8"],
    },
  );
  const response = await fetch(url, { headers: { "x-forwarded-for": "9.9.9.9" } });
  expect(await response.json()).toMatchObject({ key: "ip:127.0.0.1" });
});

test("an API key in any place is never told: answers, metrics and log hold its hash or nothing (28)", async () => {
  const served = await serving(
    "identify: [apiKey, clientIp]\nrules: [{ path: /a, limits: 50/h, blockFor: 1m }]",
  );
  const secret = "sk-very-secret-8421";
  const seen: string[] = [];
  for (let i = 0; i < 100; i++) {
    const response = await fetch(`${served.url}/a`, { headers: { "x-api-key": secret } });
    seen.push(await response.text(), JSON.stringify([...response.headers]));
  }
  seen.push(await metricsOf(served), ...served.said, ...served.complaints);
  expect(seen.join("\n")).toContain("apikey:");
  expect(seen.join("\n")).not.toContain(secret);
});

test("two lines of x-api-key are 400, not another identity (29)", async () => {
  const served = await serving("identify: [apiKey]\nrules: [{ limits: 5/h }]");
  const lines = "GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key: one\r\nX-Api-Key: two\r\nConnection: close\r\n\r\n";
  const answer = await rawRequest(served.url, lines);
  expect(answer).toContain("HTTP/1.1 400 Bad Request");
  expect(answer).toContain('"code":"INVALID_IDENTITY"');
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="none",outcome="no-identity"} 1');
});

test("onMissingIdentity decides about requests behind which nobody is found", async () => {
  const rules = "rules: [{ limits: 1/h }]";
  const thrown = await serving(`identify: apiKey\n${rules}`);
  expect(await statuses(2, () => fetch(thrown.url))).toEqual([500, 500]);
  expect(thrown.complaints).toEqual([expect.stringContaining("MISSING_IDENTITY")]);
  const skipped = await serving(`identify: apiKey\nonMissingIdentity: skip\n${rules}`);
  expect(await statuses(2, () => fetch(skipped.url))).toEqual([200, 200]);
  const shared = await serving(`identify: apiKey\nonMissingIdentity: shared\n${rules}`);
  expect(await statuses(2, () => fetch(shared.url))).toEqual([200, 429]);
});

test("a dry run refuses nobody, tells clients nothing, and shows in the metrics", async () => {
  const served = await serving(
    "rules: [{ path: /a, limits: 1/h, dryRun: true }, { path: /b, limits: 1/h }]\ndryRun: false",
  );
  const ask = () => fetch(`${served.url}/a`);
  const response = await ask();
  expect([response.status, response.headers.get("ratelimit")]).toEqual([200, null]);
  expect(await response.json()).toMatchObject({ rule: null, allowed: true });
  expect((await ask()).status).toBe(200);
  const metrics = await metricsOf(served);
  expect(metrics).toContain('sluice_requests_total{rule="* /a",outcome="allowed"} 1');
  expect(metrics).toContain('sluice_requests_total{rule="* /a",outcome="dry-run"} 1');
});

test("dryRun of the file is a dry run of every rule", async () => {
  const served = await serving("dryRun: true\nrules: [{ limits: 1/h, blockFor: 1h }]");
  expect(await statuses(3, () => fetch(served.url))).toEqual([200, 200, 200]);
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="* /**",outcome="dry-run"} 2');
});

test("the style of headers is that of the file", async () => {
  const { url } = await serving("headers: legacy\nexposeHeaders: true\nrules: [{ limits: 7/h }]");
  const { headers } = await fetch(url);
  expect(headers.get("x-ratelimit-limit")).toBe("7");
  expect(headers.get("access-control-expose-headers")).toContain("X-RateLimit-Limit");
  expect(headers.get("ratelimit")).toBeNull();
});

test("metrics count by rule and outcome, and hold neither keys nor paths that clients chose", async () => {
  const served = await serving("rules: [{ path: '/user/:id', limits: 1/h, blockFor: 1h }, { limits: 9/h }]");
  await statuses(3, () => fetch(`${served.url}/user/alice-4711`));
  await fetch(`${served.url}/secret-path`);
  const metrics = await metricsOf(served);
  expect(metrics).toContain('sluice_requests_total{rule="* /user/:id",outcome="allowed"} 1');
  expect(metrics).toContain('sluice_requests_total{rule="* /user/:id",outcome="limited"} 1');
  expect(metrics).toContain('sluice_requests_total{rule="* /user/:id",outcome="blocked"} 1');
  expect(metrics).toContain("sluice_decision_duration_seconds_count 4");
  expect(metrics).toContain("sluice_rules 2");
  expect(metrics).not.toMatch(/alice|secret-path|127\.0\.0\.1/);
});

test("rules of the same path are told apart by their groups", async () => {
  const served = await serving(
    "rules: [{ path: /a, group: [x, y] }, { path: /a, group: default, limits: 1/h }]",
  );
  expect(await (await fetch(`${served.url}/a`)).json()).toMatchObject({ rule: "* /a [default]" });
});
