import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { Log } from "../src/serve/Log.ts";
import { serve } from "../src/serve/serve.ts";
import { metricsOf, type Served, serving, statuses, temporaryFolder } from "./serving.ts";

const five = "rules: [{ path: /a, limits: 5/h }]";
const seven = "rules: [{ path: /a, limits: 7/h }, { path: /b, limits: 1/h }]";

async function limitOf({ url }: Served): Promise<unknown> {
  return ((await (await fetch(`${url}/a`)).json()) as { limit?: number }).limit;
}

/** Until it says that it took the file, or would not. */
function told(lines: readonly string[], pattern: RegExp): Promise<void> {
  return vi.waitFor(() => expect(lines.join("\n")).toMatch(pattern), { timeout: 5000, interval: 20 });
}

test("a changed file is taken whole, and what was used stays used", async () => {
  const served = await serving(five, { watch: true });
  expect(await statuses(5, () => fetch(`${served.url}/a`))).toEqual([200, 200, 200, 200, 200]);
  served.write(seven);
  await told(served.said, /Reloaded .*limits\.yaml: 2 rules\./);
  expect(await statuses(3, () => fetch(`${served.url}/a`))).toEqual([200, 200, 429]);
  expect(await statuses(2, () => fetch(`${served.url}/b`))).toEqual([200, 429]);
  const metrics = await metricsOf(served);
  expect(metrics).toContain('sluice_reloads_total{outcome="ok"} 1');
  expect(metrics).toContain("sluice_rules 2");
});

test("a bad file keeps the old rules and says so, and a good one after it is taken", async () => {
  const served = await serving(five, { watch: true });
  served.write("rules:\n  - path: /a\n    limits: 5/x\n");
  await told(
    served.complaints,
    /limits\.yaml:3:13: rules\[0\]\.limits: .*\n.*was not reloaded; the old rules stay in force/,
  );
  expect(await limitOf(served)).toBe(5);
  expect(await metricsOf(served)).toContain('sluice_reloads_total{outcome="failed"} 1');
  served.write(seven);
  await told(served.said, /Reloaded/);
  expect(await limitOf(served)).toBe(7);
});

test("a file that is gone keeps the old rules, and is taken when it is back", async () => {
  const served = await serving(five, { watch: true });
  rmSync(served.file);
  await told(served.complaints, /cannot be read: there is no such file/);
  expect(await limitOf(served)).toBe(5);
  served.write(seven);
  await told(served.said, /Reloaded/);
  expect(await limitOf(served)).toBe(7);
});

test("editors that write another file and rename it are followed, again and again", async () => {
  const served = await serving(five, { watch: true });
  for (const limit of [6, 7, 8]) {
    writeFileSync(`${served.file}.new`, `rules: [{ path: /a, limits: ${limit}/h }]`);
    renameSync(`${served.file}.new`, served.file);
    await vi.waitFor(async () => expect(await limitOf(served)).toBe(limit), { timeout: 5000, interval: 20 });
  }
});

test("a folder that is a link is followed when it is turned, as Kubernetes does", async () => {
  const folder = temporaryFolder();
  for (const [version, rules] of Object.entries({ v1: five, v2: seven })) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, "limits.yaml"), rules);
  }
  symlinkSync("v1", join(folder, "..data"));
  symlinkSync("..data/limits.yaml", join(folder, "limits.yaml"));
  const said: string[] = [];
  const log = new Log((line) => said.push(line), console.error);
  const served = await serve(join(folder, "limits.yaml"), OPTIONS, log);
  symlinkSync("v2", join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  await told(said, /Reloaded .*: 2 rules/);
  expect(served.rules().names).toEqual(["* /a", "* /b"]);
  await served.close();
});

const OPTIONS = {
  host: "127.0.0.1",
  port: 0,
  adminHost: "127.0.0.1",
  adminPort: 0,
  store: "memory",
  trustedProxies: [],
  watch: true,
} as const;

test("other files in the folder, and the same text again, change nothing", async () => {
  const served = await serving(five, { watch: true });
  writeFileSync(join(dirname(served.file), "other.yaml"), "x");
  served.write(five);
  served.write(seven);
  await told(served.said, /Reloaded/);
  expect(served.said).toHaveLength(1);
});

test("without watching, only reload takes the file", async () => {
  const served = await serving(five);
  served.write(seven);
  expect(await limitOf(served)).toBe(5);
  await served.reload();
  expect(await limitOf(served)).toBe(7);
  await served.reload();
  expect(served.said).toHaveLength(2);
});

test("reloads that come together are done one after the other", async () => {
  const served = await serving(five);
  served.write(seven);
  await Promise.all([served.reload(), served.reload(), served.reload()]);
  expect(await metricsOf(served)).toContain('sluice_reloads_total{outcome="ok"} 3');
});

test("a block survives a reload", async () => {
  const served = await serving("rules: [{ path: /a, limits: 1/h, blockFor: 1h }]");
  expect(await statuses(2, () => fetch(`${served.url}/a`))).toEqual([200, 429]);
  served.write("rules: [{ path: /a, limits: 100/h, blockFor: 1h }]");
  await served.reload();
  expect(await statuses(1, () => fetch(`${served.url}/a`))).toEqual([429]);
});

test("requests in flight keep the rules that they began with", async () => {
  const served = await serving(five);
  const before = served.rules();
  served.write(seven);
  await served.reload();
  expect(served.rules()).not.toBe(before);
  expect(before.guard.rules).toHaveLength(1);
});
