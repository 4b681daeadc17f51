import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type EventType, eventStream, guard, type GuardOptions, memoryStore, rateLimiter } from "sluice";
import { fromFile, type FileRules, type FromFileOptions } from "sluice/file";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseRules } from "../../../server/src/file/parseRules.ts";

const run = promisify(execFile);

function writtenFile(
  text: string,
  name: string = "limits.json",
): { file: string; write: (text: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), "sluice-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  const write = (changed: string) => writeFileSync(file, changed);
  write(text);
  return { file, write };
}

async function reading(file: string, options?: FromFileOptions): Promise<FileRules> {
  const rules = await fromFile(file, options);
  onTestFinished(() => rules.close());
  return rules;
}

const limitedTo = (limit: string, path: string = "/a") =>
  JSON.stringify({ rules: [{ path, limits: limit }] });

/** A guard that writes its warnings down, and what it says to GET requests of one client. */
function guarding(rules: FileRules, options: GuardOptions = {}) {
  const warnings: string[] = [];
  const onWarning = ({ code, message }: { code: string; message: string }) =>
    warnings.push(`${code}: ${message}`);
  const made = guard({ store: memoryStore(), ...options, rules, onWarning });
  const ask = async (target: string) => {
    const none = { header: () => undefined, headerLines: () => 0 };
    const { reply, decided } = await made.check({
      method: "GET",
      target,
      ...none,
      remoteAddress: "192.0.2.1",
      native: {},
    });
    return {
      status: reply?.status,
      limit: decided.at(0)?.decision.limit,
      remaining: decided.at(0)?.decision.remaining,
    };
  };
  return { guard: made, warnings, ask };
}

test("rules from a file decide; changed ones are taken whole, and what was used stays used", async () => {
  const { file, write } = writtenFile(limitedTo("3/h"));
  const rules = await reading(file);
  const { ask } = guarding(rules);
  expect(await ask("/a")).toMatchObject({ limit: 3, remaining: 2 });
  write(
    JSON.stringify({
      rules: [
        { path: "/a", limits: "5/h" },
        { path: "/b", limits: "1/h" },
      ],
    }),
  );
  await rules.reload();
  expect(await ask("/a")).toMatchObject({ limit: 5, remaining: 3 });
  expect(await ask("/b")).toMatchObject({ limit: 1, remaining: 0 });
  expect(await ask("/b")).toMatchObject({ status: 429 });
});

test("a change is noticed without being told of it", async () => {
  const { file, write } = writtenFile(limitedTo("3/h"));
  const rules = await reading(file);
  const { ask } = guarding(rules);
  write(limitedTo("4/h"));
  await vi.waitFor(async () => expect(await ask("/a")).toMatchObject({ limit: 4 }), {
    timeout: 20_000,
    interval: 20,
  });
});

test("a bad file keeps the old rules and says so each time; a good one after it is taken", async () => {
  const { file, write } = writtenFile(limitedTo("3/h"));
  const rules = await reading(file);
  const events = eventStream();
  const heard: string[] = [];
  events.on("warning" satisfies EventType, ({ code }) => heard.push(code));
  const { ask, warnings } = guarding(rules, { events });
  for (const [bad, reason] of [
    ["{", "JSON"],
    [limitedTo("3/x"), "rules[0]"],
    ['{"rules":[]}', "at least one rule"],
    ['{"rule":[]}', 'no option "rule"'],
    ['"x"', "object of options"],
  ]) {
    write(bad);
    await rules.reload();
    expect(warnings.at(-1)).toMatch(/^RULES_KEPT: the rules stay as they were: .*limits\.json: /);
    expect(warnings.at(-1)).toContain(reason);
    expect(await ask("/a")).toMatchObject({ limit: 3 });
  }
  rmSync(file);
  await rules.reload();
  expect(warnings.at(-1)).toContain("there is no such file");
  expect(heard).toEqual(warnings.map(() => "RULES_KEPT"));
  write(limitedTo("7/h"));
  await rules.reload();
  expect(await ask("/a")).toMatchObject({ limit: 7 });
});

test("what one guard cannot take, it alone refuses", async () => {
  const { file, write } = writtenFile(limitedTo("3/h"));
  const rules = await reading(file);
  const memory = memoryStore();
  const prepare = vi.fn<typeof memory.prepare>((plan) => memory.prepare(plan));
  const picky = guarding(rules, { store: { ...memory, prepare } });
  const other = guarding(rules);
  prepare.mockImplementation(() => {
    throw new TypeError("not this");
  });
  write(limitedTo("4/h"));
  await rules.reload();
  expect(picky.warnings).toEqual([expect.stringContaining("not this")]);
  expect(await picky.ask("/a")).toMatchObject({ limit: 3 });
  expect(other.warnings).toEqual([]);
  expect(await other.ask("/a")).toMatchObject({ limit: 4 });
});

test("a limiter that is constructed at the pool of a changed rule must have the new limits", async () => {
  const { file, write } = writtenFile('[{"path":"/a","pool":"api","limits":"3/h"}]');
  const rules = await reading(file);
  const store = memoryStore();
  guarding(rules, { store });
  write('[{"path":"/a","pool":"api","limits":"4/h"}]');
  await rules.reload();
  expect(() => rateLimiter({ limits: "3/h", name: "api", store })).toThrow(
    expect.objectContaining({ code: "NAME_CLASH" }),
  );
  expect(() => rateLimiter({ limits: "4/h", name: "api", store })).not.toThrow();
});

test("a request is decided by the rules that it found", async () => {
  const { file, write } = writtenFile(limitedTo("3/h"));
  const rules = await reading(file);
  let identified = () => {};
  const identity = new Promise<void>((resolve) => (identified = resolve));
  const { ask } = guarding(rules, { identify: async () => (await identity, { key: "a", group: "default" }) });
  const asked = ask("/a");
  write(limitedTo("9/h", "/b"));
  await rules.reload();
  identified();
  expect(await asked).toMatchObject({ limit: 3, remaining: 2 });
});

test("YAML is read by a parser of yours, or by that of the server, whose errors name line and column", async () => {
  const { file, write } = writtenFile("rules: [{ path: /a, limits: 3/h }]", "limits.yaml");
  expect((await reading(file, { parse: (text) => parseYaml(text) as unknown })).current).toEqual([
    { path: "/a", limits: "3/h" },
  ]);
  const rules = await reading(file, { parse: parseRules });
  const { ask, warnings } = guarding(rules);
  write("rules:\n  - path: /a\n    limits: 5/x\n");
  await rules.reload();
  expect(warnings.at(-1)).toMatch(/limits\.yaml:3:13: rules\[0\]\.limits: /);
  write("namespace: shop\nrules:\n  - path: /a\n    limits: { tokenBucket: { capacity: 4, refill: 1/h } }\n");
  await rules.reload();
  expect(warnings.at(-1)).toMatch(/limits\.yaml:1:1: namespace: is not taken from the file by a program/);
  write("rules:\n  - path: /a\n    limits: { tokenBucket: { capacity: 4, refill: 1/h } }\n");
  await rules.reload();
  expect(await ask("/a")).toMatchObject({ limit: 4, remaining: 3 });
});

test("a file that is bad from the start, and a wrong option, are told at once", async () => {
  const { file } = writtenFile(limitedTo("3/x"));
  await expect(fromFile(file)).rejects.toMatchObject({
    name: "ConfigurationError",
    code: "INVALID_FILE",
    message: expect.stringContaining(`${file}: rules[0]`),
  });
  await expect(fromFile(`${file}.gone`)).rejects.toMatchObject({ code: "INVALID_FILE" });
  await expect(fromFile(file, { parser: 1 } as FromFileOptions)).rejects.toMatchObject({
    code: "UNKNOWN_OPTION",
  });
  await expect(fromFile(file, { parse: 1 } as never)).rejects.toMatchObject({ code: "INVALID_OPTION" });
});

test("a file that this process cannot read for a while, with too many open, is read when it can", async () => {
  const { file, write } = writtenFile(limitedTo("3/h"));
  const dist = new URL("../../dist/file/file.js", import.meta.url).href;
  const program = `
    import { closeSync, openSync } from "node:fs";
    const { fromFile } = await import(${JSON.stringify(dist)});
    const rules = await fromFile(${JSON.stringify(file)});
    const open = [];
    const free = () => open.splice(0).forEach(closeSync);
    rules.listen({
      changed: ([{ limits }]) => (console.log("changed", limits), process.exit()),
      failed: ({ message }) => (console.log(/EMFILE/.exec(message)[0]), free()),
    });
    console.log("watching");
    try { for (;;) open.push(openSync("/dev/null")); } catch {}
    setInterval(() => {}, 1000);`;
  const command = 'ulimit -n 64; exec "$0" --input-type=module -e "$1"';
  const child = run("bash", ["-c", command, process.execPath, program], { timeout: 30_000 });
  child.child.stdout!.once("data", () => write(limitedTo("4/h")));
  expect((await child).stdout).toBe("watching\nEMFILE\nchanged 4/h\n");
});

test("close ends the watcher, which keeps no process alive before either", async () => {
  const { file } = writtenFile(limitedTo("3/h"));
  const dist = new URL("../../dist/file/file.js", import.meta.url).href;
  const program = `const { fromFile } = await import(${JSON.stringify(dist)}); console.log((await fromFile(${JSON.stringify(file)})).current.length)`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { timeout: 30_000 });
  expect(stdout).toBe("1\n");
  const rules = await reading(file);
  rules.close();
  rules.close();
  expect(rules.current).toHaveLength(1);
});
