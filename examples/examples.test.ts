import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startNginx } from "../test/services/nginx.ts";
import { answers, answerTo, statuses } from "./answers.ts";
import { proxy } from "./nextjs/proxy.ts";
import { GET } from "./nextjs/app/api/towns/route.ts";
import { startProgram } from "./startProgram.ts";
import worker from "./workers.ts";

// Most tests start a process.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);
const path = (name: string) => new URL(name, import.meta.url).pathname;
const serve = async (name: string) => (await startProgram(name)).url;

/** What a connection is answered to its messages, and why it was closed. */
async function conversation(url: string, count: number): Promise<string[]> {
  const socket = new WebSocket(url);
  const heard: string[] = [];
  socket.on("message", (data: Buffer) => heard.push(data.toString()));
  socket.on("open", () => {
    for (let i = 0; i < count; i++) socket.send("moin");
  });
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return [...heard, `${code} ${reason.toString()}`];
}

describe("programs that print", () => {
  test("limiter.ts: three calls pass, the fourth waits", async () => {
    const { stdout } = await run(process.execPath, [path("limiter.ts")]);
    expect(stdout).toMatch(/^call 1: 2 left\ncall 2: 1 left\ncall 3: 0 left\ncall 4: try again in \d+ s\n$/);
  });

  test("fetch.ts: plans have limits of their own", async () => {
    const { stdout } = await run(process.execPath, [path("fetch.ts")]);
    expect(stdout).toBe(
      "pro:  200 200 200 200 200 200 200 200 429 429\nfree: 200 200 200 429 429 429 429 429 429 429\n",
    );
  });

  test("llmBudget.ts: what is reserved is settled with what was used, and users at once never go over", async () => {
    const { stdout } = await run(process.execPath, [path("llmBudget.ts")]);
    const minutes = stdout.trim().split("\n");
    expect(minutes).toHaveLength(3);
    let today = 0;
    for (const minute of minutes) {
      const [, answered, refused, , , spent, total] = minute.match(/\d+/g)!.map(Number);
      expect(answered).toBeGreaterThan(10);
      expect(refused).toBeGreaterThan(0);
      expect(spent).toBeLessThanOrEqual(20_000);
      expect(total).toBe((today += spent));
    }
    // The budget is used, not only kept: less is left than one answer may take.
    expect(today).toBeGreaterThan(48_000);
    expect(today).toBeLessThanOrEqual(50_000);
  });
});

describe("servers", () => {
  test("express.ts: a strict login, an unlimited health check, a limit for the rest", async () => {
    const url = await serve("express.ts");
    expect(await statuses(`${url}/health`, 8)).toEqual([200, 200, 200, 200, 200, 200, 200, 200]);
    expect(await statuses(`${url}/LOGIN/`, 3, { method: "POST" })).toEqual([200, 200, 429]);
    expect(await statuses(url, 6)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test("fastify.ts: a limit for everything, and a stricter one for a route", async () => {
    const url = await serve("fastify.ts");
    expect(await statuses(`${url}/login`, 3, { method: "POST" })).toEqual([200, 200, 429]);
    expect(await statuses(url, 3)).toEqual([200, 200, 429]);
  });

  test("koa.ts: users by name, others by address", async () => {
    const url = await serve("koa.ts");
    for (const headers of [{ "X-User": "ann" }, { "X-User": "bob" }, {}] as const)
      expect(await statuses(url, 4, { headers })).toEqual([200, 200, 200, 429]);
  });

  test("hono.ts: three a minute under a path", async () => {
    const url = await serve("hono.ts");
    expect(await statuses(`${url}/api/towns`, 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses(url, 4)).toEqual([200, 200, 200, 200]);
  });

  test("nest.ts: a limit for the application, and a stricter one for a route", async () => {
    const url = await serve("nest.ts");
    expect(await statuses(`${url}/towns`, 3, { method: "POST" })).toEqual([201, 201, 429]);
    const [first, second, third] = await answers(`${url}/towns`, 3);
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect([first.body, JSON.parse(third.body).status]).toEqual(['["Ulm"]', 429]);
  });

  test("trpc.ts: a limit for all procedures, a stricter one for one, and the wait in the error", async () => {
    const url = await serve("trpc.ts");
    const headers = { "X-User": "ann", "Content-Type": "application/json" };
    const founding = { method: "POST", headers, body: "{}" };
    const [, second, third] = await answers(`${url}/found`, 3, founding);
    expect([second.status, third.status]).toEqual([200, 429]);
    const { error } = JSON.parse(third.body) as { error: { retryAfterMs: number } };
    expect(Math.ceil(error.retryAfterMs / 1000)).toBe(third.retryAfter);
    expect(await statuses(`${url}/towns`, 3, { headers })).toEqual([200, 200, 429]);
    expect(await statuses(`${url}/towns`, 1, { headers: { "X-User": "bob" } })).toEqual([200]);
  });

  test("ws.ts: messages by connection and by client, and handshakes", async () => {
    const url = (await serve("ws.ts")).replace("http", "ws");
    const said = "you said moin";
    const closed = expect.stringMatching(/^1008 rate limit exceeded; retry after \d+ s$/) as string;
    expect(await conversation(url, 4)).toEqual([said, said, said, closed]);
    expect(await conversation(url, 3)).toEqual([said, said, closed]);
    expect(await conversation(url, 1)).toEqual([closed]);
    await expect(conversation(url, 1)).rejects.toThrow("429");
  });

  test("node.ts: five a minute", async () => {
    expect(await statuses(await serve("node.ts"), 6)).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe("jobs", () => {
  test("plans.ts: limits by plan, told with every answer; reports cost five, strangers count by address", async () => {
    const url = await serve("plans.ts");
    const as = (key: string) => ({ headers: { "X-API-Key": key } });
    expect(await statuses(`${url}/reports/2025`, 5, as("key-of-acme"))).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses(`${url}/reports/2025`, 2, as("key-of-bob"))).toEqual([200, 429]);
    expect(await statuses(`${url}/towns`, 2, as("key-of-bob"))).toEqual([200, 429]);
    const made = [1, 2, 3, 4, 5, 6, 7].map((number) => answerTo(`${url}/towns`, as(`made-up-${number}`)));
    const seen = (await Promise.all(made)).map(({ status }) => status);
    expect(seen.toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 200, 200, 429]);
    expect(await statuses(`${url}/status`, 9)).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200]);
    const { headers } = await answerTo(`${url}/towns`, as("key-of-bob"));
    expect(headers.get("ratelimit-policy")).toBe('"6/m";q=6;w=60, "60/h";q=60;w=3600, "100/d";q=100;w=86400');
  });

  test("login.ts: five guesses for an account, until somebody succeeds", async () => {
    const url = await serve("login.ts");
    const attempts = (email: string, password: string, count = 1) =>
      statuses(`${url}/login`, count, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ email, password }),
      });
    expect(await attempts("ann@example.org", "guess", 4)).toEqual([401, 401, 401, 401]);
    expect(await attempts("ann@example.org", "correct horse")).toEqual([204]);
    expect(await attempts("ann@example.org", "guess", 5)).toEqual([401, 401, 401, 401, 401]);
    expect(await attempts("ANN@example.org", "correct horse")).toEqual([429]);
    expect(await attempts("bob@example.org", "correct horse")).toEqual([204]);
  });

  test("tenants.ts: a share for each user and one for all of a tenant", async () => {
    const url = await serve("tenants.ts");
    const as = (tenant: string, user: string) => ({ headers: { "X-Tenant": tenant, "X-User": user } });
    expect(await statuses(url, 4, as("acme", "ann"))).toEqual([200, 200, 200, 429]);
    const [first, second, third] = await answers(url, 3, as("acme", "bob"));
    expect([first?.status, second?.status, third?.status]).toEqual([200, 200, 429]);
    expect(JSON.parse(third?.body ?? "")["violated-policies"]).toEqual(["5/m by tenant"]);
    expect(third?.headers.get("content-type")).toBe("application/problem+json");
    expect(await statuses(url, 1, as("zeta", "ann"))).toEqual([200]);
  });

  test("proxy.ts: behind nginx clients count by their own addresses, whatever they say", async ({ skip }) => {
    const application = new URL(await serve("proxy.ts")).host;
    const conf = readFileSync(path("proxy.conf"), "utf8");
    const nginx = await startNginx((port) =>
      conf.replace("listen 80;", `listen 127.0.0.1:${port};`).replace("127.0.0.1:3000", application),
    );
    skip(nginx.url === "", nginx.note);
    onTestFinished(nginx.stop);
    const statusFrom = async (localAddress: string, said: string) => {
      const headers = { "X-Forwarded-For": said };
      const [response] = await once(request(nginx.url, { localAddress, headers }).end(), "response");
      response.resume();
      return response.statusCode as number;
    };
    const seen: number[] = [];
    for (const said of ["9.9.9.1", "9.9.9.2", "9.9.9.3", "9.9.9.4"])
      seen.push(await statusFrom("127.0.0.2", said));
    expect(seen).toEqual([200, 200, 200, 429]);
    expect(await statusFrom("127.0.0.3", "127.0.0.2")).toBe(200);
  });

  test("nextjs: a route handler and a proxy, for each address", async () => {
    const from = (url: string, address: string, method = "GET") =>
      new Request(`http://localhost${url}`, { method, headers: { "X-Real-IP": address } });
    const towns: number[] = [];
    for (let i = 0; i < 4; i++) towns.push((await GET(from("/api/towns", "192.0.2.1"))).status);
    expect(towns).toEqual([200, 200, 200, 429]);
    expect(await (await GET(from("/api/towns", "192.0.2.2"))).json()).toEqual(["Ulm"]);

    const logins: number[] = [];
    for (let i = 0; i < 3; i++) logins.push((await proxy(from("/api/login", "192.0.2.1", "POST"))).status);
    expect(logins).toEqual([200, 200, 429]);
    const passed = await proxy(from("/api/towns", "192.0.2.1"));
    expect([passed.headers.get("x-middleware-next"), passed.headers.get("ratelimit")]).toEqual([
      "1",
      expect.stringContaining("r=4"),
    ]);
  });

  test("workers.ts: what is expensive has a limit of its own, the answer is the handler's", async () => {
    const ask = (target: string) => {
      const headers = { "CF-Connecting-IP": "192.0.2.1" };
      return worker.fetch(new Request(`https://example.org${target}`, { headers }), { GREETING: "moin" });
    };
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) seen.push((await ask("/search")).status);
    expect(seen).toEqual([200, 200, 429]);
    expect(await (await ask("/")).text()).toBe("moin");
  });
});
