import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);
const path = (name: string) => new URL(name, import.meta.url).pathname;

/** Starts a program that prints where it listens. */
async function serve(name: string): Promise<string> {
  const child = spawn(process.execPath, [path(name)], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill();
    await once(child, "exit");
  });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  return printed.toString().trim();
}

async function statuses(url: string, count: number, options?: RequestInit): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await fetch(url, options)).status);
  return seen;
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

  test("llmBudget.ts: what does not fit both limits costs neither", async () => {
    const { stdout } = await run(process.execPath, [path("llmBudget.ts")]);
    const left = stdout.split("\n").map((line) => line.replace(/\(.*\d+ tokens\)/, ""));
    expect(left.slice(0, 3)).toEqual(["1500 tokens: go ", "700 tokens: wait ", "400 tokens: go "]);
    expect(stdout).toContain("58 requests");
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

  test("node.ts: five a minute", async () => {
    expect(await statuses(await serve("node.ts"), 6)).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
