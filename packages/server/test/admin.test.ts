import { createServer } from "node:http";
import { memoryStore, StoreError, type Store } from "sluice";
import { expect, test } from "vitest";
import { Metrics } from "../src/metrics/Metrics.ts";
import { Log } from "../src/serve/Log.ts";
import { StoreState } from "../src/serve/StoreState.ts";
import { rawRequest } from "./rawRequest.ts";
import { serving } from "./serving.ts";

const RULES = "rules: [{ limits: 5/h }]";

test("/healthz is 200 while the store answers", async () => {
  const { adminUrl } = await serving(RULES);
  const response = await fetch(`${adminUrl}/healthz`);
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  expect((await fetch(`${adminUrl}/healthz?verbose=1`, { method: "HEAD" })).status).toBe(200);
});

test.each<[what: string, ping: () => Promise<void>]>([
  ["fails", () => Promise.reject(new StoreError("STORE_FAILED", "gone"))],
  ["never answers", () => new Promise(() => {})],
])("a store that %s is not healthy", async (_what, ping) => {
  const store: Store = { ...memoryStore(), ping };
  const state = new StoreState(store, new Metrics(), new Log(ignore, ignore));
  expect(await state.isHealthy()).toBe(false);
});

test("a store that fails is told once, and again when it answers", () => {
  const told: string[] = [];
  const state = new StoreState(memoryStore(), new Metrics(), new Log(ignore, (line) => told.push(line)));
  const error = new StoreError("STORE_FAILED", "disk I/O error");
  const [down, up] = [
    { type: "degraded", degraded: "local", error },
    { type: "degraded", degraded: false, error: undefined },
  ] as const;
  for (const [limiter, event] of [
    ["a", up],
    ["a", down],
    ["b", down],
    ["a", up],
    ["b", up],
  ] as const)
    state.hear({ ...event, limiter });
  expect(told).toEqual([expect.stringContaining("disk I/O error"), expect.stringContaining("answers again")]);
});

test("/metrics is the text that Prometheus reads", async () => {
  const { adminUrl } = await serving(RULES);
  const response = await fetch(`${adminUrl}/metrics`);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=/);
  const text = await response.text();
  expect(text).toContain("# TYPE sluice_requests_total counter");
  expect(text).toContain("# TYPE sluice_decision_duration_seconds histogram");
  expect(text).toContain('sluice_store_errors_total{policy="local"} 0');
  expect(text).toContain('sluice_reloads_total{outcome="failed"} 0');
  expect(text).toContain("process_cpu_seconds_total");
  // A gauge must not be called a total.
  for (const [, gauge] of text.matchAll(/^# TYPE (\S+) gauge$/gm)) expect(gauge).not.toMatch(/_total$/);
});

test("a wrong method is 405 with Allow, an unknown path is 404", async () => {
  const { adminUrl } = await serving(RULES);
  const wrong = await fetch(`${adminUrl}/v1/consume`);
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  const deleted = await fetch(`${adminUrl}/metrics`, { method: "DELETE" });
  expect([deleted.status, deleted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  for (const path of ["/", "/healthz/", "/v1/consume/x", "/__proto__", "/constructor"]) {
    const response = await fetch(adminUrl + path);
    expect([path, response.status, response.headers.get("content-type")]).toEqual([
      path,
      404,
      "application/problem+json",
    ]);
  }
});

test.each([
  ["evil.example", 421],
  ["evil.example:8081", 421],
  ["localhost.evil.example", 421],
  ["localhost", 200],
  ["LOCALHOST:8081", 200],
  ["127.0.0.1:8081", 200],
  ["[::1]:8081", 200],
  ["sluice.localhost", 200],
])(
  "over loopback the Host %s, which a page of the web may have pointed here, is %i",
  async (host, status) => {
    const { adminUrl } = await serving(RULES);
    const answer = await rawRequest(
      adminUrl,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  },
);

test("the admin port has its own place: the main port answers the same paths as any other", async () => {
  const { url } = await serving(RULES);
  expect(await (await fetch(`${url}/metrics`)).json()).toMatchObject({ rule: "* /**", remaining: 4 });
});

test("an admin port that others can reach is told", async () => {
  const { adminUrl, complaints } = await serving(RULES, { adminHost: "0.0.0.0" });
  expect(complaints).toEqual([expect.stringContaining("other machines may reach it")]);
  expect(adminUrl).toContain("http://127.0.0.1:");
});

test("two servers of one process have their own metrics", async () => {
  const [one, other] = [await serving(RULES), await serving(RULES)];
  await fetch(one.url);
  expect(await (await fetch(`${other.adminUrl}/metrics`)).text()).not.toContain("sluice_requests_total{");
});

test("a port in use is told in a sentence, and nothing is left listening", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => blocker.once("listening", resolve));
  const { port } = blocker.address() as { port: number };
  await expect(serving(RULES, { adminPort: port })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port with --admin-port`,
  );
  await expect(serving(RULES, { port })).rejects.toThrow("choose another port with --port");
  blocker.close();
});

test.each([
  ["203.0.113.1", "no interface of this machine has the address 203.0.113.1; choose another with --host"],
  ["host.invalid", "there is no host host.invalid; choose another with --host"],
])("the host %s cannot be listened on", async (host, sentence) => {
  await expect(serving(RULES, { host })).rejects.toThrow(sentence);
});

function ignore(): void {}
