import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { command } from "./command.ts";
import { temporaryFolder } from "./serving.ts";

const GOOD = "rules: [{ limits: 5/h }]";

function folderWith(rules: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "limits.yaml"), rules);
  return folder;
}

test("--help tells every flag with its variable and its default", async () => {
  const running = command(["serve", "--help"], temporaryFolder());
  expect(await running.ended()).toBe(0);
  const text = running.output.replaceAll(/\s+/g, " ");
  const flags: [flag: string, value: string, variable: string][] = [
    ["--host <address>", "127.0.0.1", "SLUICE_HOST"],
    ["--port <number>", "8080", "SLUICE_PORT"],
    ["--admin-host <address>", "127.0.0.1", "SLUICE_ADMIN_HOST"],
    ["--admin-port <number>", "8081", "SLUICE_ADMIN_PORT"],
    ["--store <store>", "sqlite:./data/sluice.db", "SLUICE_STORE"],
    ["--trusted-proxies <cidrs>", "none", "SLUICE_TRUSTED_PROXIES"],
    ["--watch [switch]", "on", "SLUICE_WATCH"],
  ];
  for (const [flag, value, variable] of flags) {
    expect(text).toContain(flag);
    expect(text).toMatch(new RegExp(`default: "?${value.replaceAll(".", "\\.")}"?, .*env: ${variable}\\)`));
  }
  expect(text).toContain("--no-watch");
});

test("sluice alone shows its commands, --version its version", async () => {
  const alone = command([], temporaryFolder());
  expect(await alone.ended()).toBe(1);
  expect(alone.output).toContain("serve [options] <FILE>");
  const version = command(["--version"], temporaryFolder());
  expect(await version.ended()).toBe(0);
  expect(version.output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each<[what: string, args: string[], reason: string]>([
  ["no file", [], "missing required argument 'FILE'"],
  ["two files", ["limits.yaml", "more.yaml"], "too many arguments"],
  ["a misspelt flag", ["limits.yaml", "--prot", "1"], "(Did you mean --port?)"],
  ["a port that is none", ["limits.yaml", "--port", "http"], "It must be a whole number from 0 to 65535."],
  ["a port too high", ["limits.yaml", "--port", "65536"], "It must be a whole number from 0 to 65535."],
  ["a negative port", ["limits.yaml", "--admin-port=-1"], "It must be a whole number from 0 to 65535."],
  [
    "an empty host, which would be every interface",
    ["limits.yaml", "--admin-host", ""],
    "It must be an address or a name.",
  ],
  [
    "a store that is none",
    ["limits.yaml", "--store", "sqlte:a.db"],
    'SLUICE_STORE must be memory, sqlite:PATH, redis://..., rediss://... or postgres://..., not "sqlte..."; the nearest is sqlite:./sluice.db',
  ],
  ["a store without its path", ["limits.yaml", "--store", "sqlite"], "the nearest is sqlite:./sluice.db"],
  ["an empty store", ["limits.yaml", "--store", ""], "It must be memory, sqlite:PATH"],
  ["a proxy that is no address", ["limits.yaml", "--trusted-proxies", "10.0.0.0/8,proxy"], 'not "proxy"'],
  [
    "a proxy with too long a mask",
    ["limits.yaml", "--trusted-proxies", "10.0.0.0/33"],
    "is invalid. It needs an address or a CIDR",
  ],
  [
    "trust in everybody (16)",
    ["limits.yaml", "--trusted-proxies", "10.0.0.1,0.0.0.0/0"],
    "0.0.0.0/0 lets every client choose its own address; list your proxies, such as 10.0.0.0/8.\n",
  ],
  [
    "trust in everybody, by a star",
    ["limits.yaml", "--trusted-proxies", "*"],
    "* lets every client choose its own address; list your proxies, such as 10.0.0.0/8.\n",
  ],
  ["a switch that is none", ["limits.yaml", "--watch=maybe"], "It must be on or off."],
  [
    "a switch that swallows the file",
    ["--watch", "limits.yaml"],
    "It must be on or off. After --watch, a file is taken for the switch: write --watch=on.",
  ],
])("%s: the reason, and exit code 1", async (_what, args, reason) => {
  const folder = folderWith(GOOD);
  const running = command(["serve", ...args], folder);
  expect(await running.ended()).toBe(1);
  expect(running.output).toContain(reason);
  expect(readdirSync(folder)).toEqual(["limits.yaml"]);
});

test("variables of the environment stand in for flags, and flags stand above them", async () => {
  const folder = folderWith(GOOD);
  const environment = {
    SLUICE_HOST: "127.0.0.1",
    SLUICE_PORT: "0",
    SLUICE_ADMIN_PORT: "0",
    SLUICE_STORE: "sqlite:elsewhere/state.db",
    SLUICE_TRUSTED_PROXIES: "10.0.0.0/8, 127.0.0.1",
    SLUICE_WATCH: "off",
  };
  const running = command(["serve", "limits.yaml"], folder, environment);
  const { url } = await running.urls();
  expect(running.output).toContain("sqlite:elsewhere/state.db");
  expect(running.output).not.toContain("read again when it changes");
  const response = await fetch(url, { headers: { "x-forwarded-for": "9.9.9.9" } });
  expect(await response.json()).toMatchObject({ key: "ip:9.9.9.9" });
  expect(readdirSync(join(folder, "elsewhere"))).toContain("state.db");

  const above = command(
    ["serve", "limits.yaml", "--store", "memory", "--watch", "--trusted-proxies", "10.0.0.1"],
    folder,
    environment,
  );
  const other = await above.urls();
  expect(above.output).toContain("memory, which forgets");
  expect(above.output).toContain("read again when it changes");
  const untrusted = await fetch(other.url, { headers: { "x-forwarded-for": "9.9.9.9" } });
  expect(await untrusted.json()).toMatchObject({ key: "ip:127.0.0.1" });
});

test("a wrong variable is told as a wrong flag is", async () => {
  const running = command(["serve", "limits.yaml"], folderWith(GOOD), { SLUICE_PORT: "eighty" });
  expect(await running.ended()).toBe(1);
  expect(running.output).toContain("'eighty' from env 'SLUICE_PORT' is invalid");
});

test("a bad file: every reason with its place on standard error, exit code 1, nothing started", async () => {
  const folder = folderWith("rules:\n  - path: login\n    limits: 5/x\n    blockfor: 1m\n");
  const running = command(["serve", "limits.yaml", "--port", "0", "--admin-port", "0"], folder);
  expect(await running.ended()).toBe(1);
  expect(running.output.split("\n")).toEqual([
    expect.stringContaining('limits.yaml:2:11: rules[0].path: "login" is no path pattern'),
    expect.stringContaining("limits.yaml:3:13: rules[0].limits: limits takes"),
    'limits.yaml:4:5: rules[0].blockfor: there is no "blockfor" here; did you mean "blockFor"?',
    "sluice: nothing was started",
    "",
  ]);
  expect(existsSync(join(folder, "data"))).toBe(false);
});

test("a file that is not there", async () => {
  const running = command(["serve", "nowhere.yaml"], temporaryFolder());
  expect(await running.ended()).toBe(1);
  expect(running.output).toBe(
    "nowhere.yaml: cannot be read: there is no such file\nsluice: nothing was started\n",
  );
});

test("a port in use: a sentence and exit code 1", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void blocker.close());
  await new Promise((resolve) => blocker.once("listening", resolve));
  const { port } = blocker.address() as AddressInfo;
  for (const [flag, other] of [
    ["--port", "--admin-port"],
    ["--admin-port", "--port"],
  ] as const) {
    const running = command(["serve", "limits.yaml", flag, `${port}`, other, "0"], folderWith(GOOD));
    expect(await running.ended()).toBe(1);
    expect(running.output).toBe(
      `sluice: port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port with ${flag}\n`,
    );
  }
});

test("a store that cannot be opened: a sentence and exit code 1", async () => {
  const folder = folderWith(GOOD);
  mkdirSync(join(folder, "taken.db"));
  for (const path of ["taken.db", "limits.yaml/sluice.db", "limits.yaml", "/proc/sluice/sluice.db"]) {
    const running = command(
      ["serve", "limits.yaml", "--port", "0", "--admin-port", "0", "--store", `sqlite:${path}`],
      folder,
    );
    expect(await running.ended()).toBe(1);
    expect(running.output).toContain(`sluice: the store sqlite:${path} cannot be opened: `);
    expect(running.output).not.toContain("    at ");
  }
});

test("a reader of its output that goes away does not end it", async () => {
  const running = command(
    ["serve", "limits.yaml", "--port", "0", "--admin-port", "0", "--store", "memory"],
    folderWith(GOOD),
  );
  const { url } = await running.urls();
  running.child.stdout!.destroy();
  running.kill("SIGHUP");
  running.child.stderr!.destroy();
  running.kill("SIGHUP");
  expect((await fetch(url)).status).toBe(200);
});
