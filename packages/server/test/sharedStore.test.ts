import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { startSilentProxy } from "../../../test/services/silentProxy.ts";
import { command } from "./command.ts";
import { temporaryFolder } from "./serving.ts";

const stores = [
  { name: "Redis", ...inject("redis") },
  { name: "PostgreSQL", ...inject("postgres") },
];

/** Waits for the store longer than a busy machine needs, and stands in for nothing. */
const RULES = (namespace: string) =>
  JSON.stringify({ namespace, onStoreError: "throw", timeoutMs: 10_000, rules: [{ limits: "20/d" }] });

describe.each(stores)("--store with the URL of a $name", ({ name, url, note }) => {
  test.skipIf(url === "")(
    `two processes admit together what one would${url === "" ? ` (skipped: ${note})` : ""}`,
    { timeout: 60_000 },
    async () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "limits.json"), RULES(`serve ${name} ${process.pid} ${Date.now()}`));
      const started = [1, 2].map(() =>
        command(["serve", "limits.json", "--port", "0", "--admin-port", "0"], folder, { SLUICE_STORE: url }),
      );
      const urls = await Promise.all(started.map((running) => running.urls()));
      const responses = await Promise.all(
        Array.from({ length: 60 }, (_, i) => fetch(urls[i % 2].url).then(({ status }) => status)),
      );
      expect(responses.filter((status) => status === 200)).toHaveLength(20);
      expect(responses.filter((status) => status === 429)).toHaveLength(40);
      expect((await fetch(`${urls[0].adminUrl}/healthz`)).status).toBe(200);
      for (const running of started) running.kill("SIGTERM");
      expect(await Promise.all(started.map((running) => running.ended()))).toEqual([0, 0]);
    },
  );
});

describe.each(stores)("a $name that falls silent", ({ url, note }) => {
  test.skipIf(url === "")(
    `does not keep the server from ending${url === "" ? ` (skipped: ${note})` : ""}`,
    { timeout: 60_000 },
    async () => {
      const proxy = await startSilentProxy(url);
      onTestFinished(() => proxy.stop());
      const folder = temporaryFolder();
      writeFileSync(join(folder, "limits.json"), JSON.stringify({ rules: [{ limits: "20/d" }] }));
      const args = ["serve", "limits.json", "--port", "0", "--admin-port", "0"];
      const running = command(args, folder, { SLUICE_STORE: proxy.url });
      const urls = await running.urls();
      proxy.silence();
      expect(await (await fetch(urls.url)).json()).toMatchObject({ degraded: "local" });
      running.kill("SIGTERM");
      const since = performance.now();
      expect(await running.ended()).toBe(0);
      expect(performance.now() - since).toBeLessThan(8000);
    },
  );
});

test.each([
  ["redis://user:hunter2@127.0.0.1:port"],
  ["mysql://user:hunter2@127.0.0.1/shop"],
  ["postgres://user:hunter2@127.0.0.1:1/shop"],
])(
  "%s: the reason without the password, and exit code 1",
  async (store) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "limits.json"), RULES("none"));
    const running = command(["serve", "limits.json", "--store", store], folder);
    expect(await running.ended()).toBe(1);
    expect(running.output).toMatch(/^sluice: (?:--store: SLUICE_STORE must be|the store postgres:\/\/127)/);
    expect(running.output).not.toContain("hunter2");
  },
  30_000,
);

test("a Redis that cannot be reached does not stop the start: each process limits by itself until it can", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "limits.json"), JSON.stringify({ rules: [{ limits: "2/d" }] }));
  const args = ["serve", "limits.json", "--port", "0", "--admin-port", "0"];
  const running = command([...args, "--store", "redis://user:hunter2@127.0.0.1:1/3"], folder);
  const { url, adminUrl } = await running.urls();
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await fetch(url)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect((await fetch(`${adminUrl}/healthz`)).status).toBe(503);
  expect(running.output).toContain("store     redis://127.0.0.1:1/3\n");
  expect(running.output).not.toContain("hunter2");
}, 30_000);
