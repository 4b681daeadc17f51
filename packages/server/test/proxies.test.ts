import { expect, test } from "vitest";
import { worked } from "../../../test/worked.ts";
import { rawRequest } from "./rawRequest.ts";
import { metricsOf, serving, statuses } from "./serving.ts";

const RULES = "rules: [{ path: /login, method: POST, limits: 2/h }, { path: /open }, { limits: 100/h }]";
const TRUSTED = { trustedProxies: ["127.0.0.1"] };

/** What nginx sends for `auth_request` with the snippet of the documentation. */
function nginx(uri: string, method: string, client = "9.9.9.9"): { headers: Record<string, string> } {
  return { headers: { "x-original-uri": uri, "x-original-method": method, "x-forwarded-for": client } };
}

/** What Traefik and Caddy send for forward auth. */
function forwardAuth(uri: string, method: string, client = "9.9.9.9"): { headers: Record<string, string> } {
  return { headers: { "x-forwarded-uri": uri, "x-forwarded-method": method, "x-forwarded-for": client } };
}

test("nginx auth_request: the original request decides, and a refusal is 403 with all fields and the body", async () => {
  const served = await serving(RULES, TRUSTED);
  const ask = () => fetch(`${served.url}/auth`, nginx("/login?next=/", "POST"));
  expect(await statuses(2, ask)).toEqual([200, 200]);
  const response = await ask();
  expect(response.status).toBe(403);
  expect(response.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(response.headers.get("ratelimit-policy")).toBe('"default";q=2;w=3600');
  expect(response.headers.get("ratelimit")).toMatch(/^"default";r=0;t=\d+$/);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ status: 403, "violated-policies": ["default"] });
  expect((await fetch(`${served.url}/auth`, nginx("/login", "GET"))).status).toBe(200);
  expect(await metricsOf(served)).toContain('sluice_requests_total{rule="POST /login",outcome="limited"} 1');
});

test("nginx auth_request: the problem body for the client is in a field, since nginx keeps the body to itself", async () => {
  const { url } = await serving(RULES, TRUSTED);
  await statuses(2, () => fetch(url, nginx("/login", "POST")));
  const { headers } = await fetch(url, nginx("/login", "POST"));
  expect(JSON.parse(headers.get("x-sluice-problem")!)).toMatchObject({
    status: 429,
    "violated-policies": ["default"],
  });
  const forwarded = await fetch(url, forwardAuth("/login", "POST"));
  expect([forwarded.status, forwarded.headers.get("x-sluice-problem")]).toEqual([429, null]);
});

test("forward auth of Traefik and Caddy: the original request decides, and a refusal is 429", async () => {
  const { url } = await serving(RULES, TRUSTED);
  const ask = () => fetch(`${url}/auth`, forwardAuth("/login", "POST"));
  expect(await statuses(3, ask)).toEqual([200, 200, 429]);
  const response = await ask();
  expect(response.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(await response.json()).toMatchObject({ status: 429 });
});

test.each([
  ["nginx", nginx],
  ["forward auth", forwardAuth],
])("%s: each client has its own counters (15)", async (_name, ask) => {
  const { url } = await serving(RULES, TRUSTED);
  const asking = (client: string) => () => fetch(url, ask("/login", "POST", client));
  expect(await statuses(3, asking("6.6.6.6, 9.9.9.9"))).not.toContain(500);
  expect((await asking("7.7.7.7, 9.9.9.9")()).ok).toBe(false);
  expect((await asking("8.8.8.8")()).ok).toBe(true);
});

test.each([
  ["nginx", nginx],
  ["forward auth", forwardAuth],
])("%s: spelling does not help (30)", async (_name, ask) => {
  const { url } = await serving(RULES, TRUSTED);
  await statuses(2, () => fetch(url, ask("/login", "POST")));
  for (const uri of ["/LOGIN/", "/%6cogin", "//login", "http://evil/login", "/x/../login"]) {
    expect([uri, (await fetch(url, ask(uri, "POST"))).ok]).toEqual([uri, false]);
  }
});

test.each(["/caf\xc3\xa9", "/voil\xc3\xa0", "/a\x85"])(
  "the target %j with bytes beyond ASCII is the one with percent codes",
  async (uri) => {
    const codes = uri.replaceAll(/[^ -~]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
    const { url } = await serving(`rules: [{ path: "${codes}", limits: 1/h }, { path: /** }]`, TRUSTED);
    const ask = (target: string) =>
      `GET / HTTP/1.1\r\nHost: a\r\nX-Original-URI: ${target}\r\nX-Original-Method: GET\r\nConnection: close\r\n\r\n`;
    expect(await rawRequest(url, ask(codes))).toContain("HTTP/1.1 200 ");
    expect(await rawRequest(url, ask(uri))).toContain("HTTP/1.1 403 ");
  },
);

test("from peers that are not trusted the headers are ignored, and that is told once", async () => {
  const served = await serving(RULES, { trustedProxies: ["10.0.0.0/8"] });
  for (const ask of [nginx, forwardAuth]) {
    const response = await fetch(`${served.url}/else`, ask("/open", "GET"));
    expect(await response.json()).toMatchObject({ rule: "* /**", key: "ip:127.0.0.1" });
  }
  const told = served.complaints.filter((line) => line.includes("--trusted-proxies"));
  expect(told).toHaveLength(1);
  expect(served.complaints.join()).not.toContain("9.9.9.9");
});

test("a client cannot add the headers of the other family to choose its own rule: both together are 400", async () => {
  const { url, complaints } = await serving(RULES, TRUSTED);
  const response = await fetch(url, {
    headers: { ...nginx("/login", "POST").headers, ...forwardAuth("/open", "GET").headers },
  });
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(complaints.join()).toContain("the proxy must remove the one it does not set");
});

test("two lines of one of the headers are 400", async () => {
  const { url } = await serving(RULES, TRUSTED);
  for (const name of ["X-Original-URI", "X-Original-Method"]) {
    const head = `GET / HTTP/1.1\r\nHost: a\r\nX-Original-URI: /a\r\nX-Original-Method: GET\r\n${name}: /open\r\nConnection: close\r\n\r\n`;
    expect(await rawRequest(url, head)).toContain("HTTP/1.1 400 ");
  }
});

test("without the original method the method of the question counts, and that is told", async () => {
  const { url, complaints } = await serving(RULES, TRUSTED);
  const response = await fetch(url, { headers: { "x-original-uri": "/login" } });
  expect(await response.json()).toMatchObject({ rule: "* /**" });
  expect(complaints.join()).toContain("x-original-uri came without x-original-method");
});

test("blank headers are as good as none", async () => {
  const { url } = await serving(RULES, TRUSTED);
  const response = await fetch(`${url}/open`, { headers: { "x-original-uri": "", "x-forwarded-uri": " " } });
  expect(await response.json()).toMatchObject({ rule: null });
});

test("a chain of 2000 hops is read in no time (24), beside a path of 15 kB (33)", async () => {
  const { url } = await serving(RULES, TRUSTED);
  const hops = Array(2000).fill("1.1.1.1").join(", ").slice(0, 15_990);
  const workedMs = worked();
  const response = await fetch(url, nginx(`/${"a".repeat(15_000)}`, "GET", hops));
  expect(await response.json()).toMatchObject({ rule: "* /**" });
  expect(workedMs()).toBeLessThan(500);
});
