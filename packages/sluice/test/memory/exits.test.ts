import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rateLimiter } from "../../src/limiter/rateLimiter.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../../", import.meta.url));
let folder = "";

/** Compiles the library into an empty folder, and gives what a program there prints, if it ends by itself. */
async function output(program: string): Promise<string> {
  const file = join(folder, `${globalThis.crypto.randomUUID()}.js`);
  await writeFile(file, program);
  const { stdout, stderr } = await run(process.execPath, [file], { timeout: 20_000 });
  expect(stderr).toBe("");
  return stdout;
}

describe("in a process of its own", { timeout: 30_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-"));
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const project = join(root, "packages/sluice/tsconfig.build.json");
    const options = [
      "-p",
      project,
      "--outDir",
      join(folder, "sluice"),
      "--declaration",
      "false",
      "--sourceMap",
      "false",
    ];
    // It may tell of types that are wrong somewhere else: what is needed here it writes nevertheless.
    await run(process.execPath, [compiler, ...options, "--inlineSources", "false"]).catch(() => {});
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("case 38: a program that only creates limiters, and uses them, ends by itself", async () => {
    const program = `
      import { rateLimiter, tokenBucket } from "./sluice/index.js";
      for (let i = 0; i < 100; i++) {
        const limiter = rateLimiter({ limits: ["10/s", tokenBucket({ capacity: 5, refill: "1/m" })] });
        await limiter.consume("key");
        limiter.consumeSync("key");
      }
      console.log("done");
    `;
    await expect(output(program)).resolves.toBe("done\n");
  });

  test("case 39: a window of 30 days warns of no timer, keeps nothing busy, and ends by itself", async () => {
    const program = `
      import { rateLimiter, tokenBucket } from "./sluice/index.js";
      const limiter = rateLimiter({ limits: tokenBucket({ capacity: 1, refill: "1 per 30 days" }) });
      process.on("warning", (warning) => console.log(warning));
      for (let i = 0; i < 1000; i++) await limiter.consume("key " + i);
      console.log((await limiter.consume("key 1")).retryAfterMs > 2 ** 31);
      console.log(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length);
    `;
    await expect(output(program)).resolves.toBe("true\n0\n");
  });

  test("sluice/testing imports in an empty folder, and tells clearly that fast-check is missing", async () => {
    const program = `
      import { bucketModel, manualClock, testAlgorithm, testStore } from "./sluice/testing/index.js";
      import { memoryStore, tokenBucket } from "./sluice/index.js";
      const bodies = [];
      const runner = { describe: (name, body) => body(), test: (name, body) => bodies.push(body) };
      testStore(() => ({ store: memoryStore(), clock: manualClock() }), runner);
      testAlgorithm({ limits: () => 0, algorithm: tokenBucket, model: bucketModel }, runner);
      for (const body of bodies) await body().catch((error) => console.log(error.message));
    `;
    const lines = (await output(program)).trim().split("\n");
    expect(new Set(lines)).toEqual(
      new Set(["sluice/testing needs fast-check for its random cases: npm install --save-dev fast-check"]),
    );
  });
});

test("case 38: creating limiters starts no timer", () => {
  const before = process.getActiveResourcesInfo();
  for (let i = 0; i < 100; i++) rateLimiter({ limits: "10/s" }).consumeSync("key");
  expect(process.getActiveResourcesInfo()).toEqual(before);
});
