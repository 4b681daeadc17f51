import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstExecutable, onPath } from "./findBinary.ts";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import { fromEnvironment, type RunningService } from "./Service.ts";

/** A Redis: of the environment, of this machine, or of Debian's packages, taken apart in a folder without root. */
export async function startRedis(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_REDIS_URL");
  if (given !== undefined) return given;
  const binary = onPath("redis-server") ?? fromPackages();
  if (binary === undefined) {
    const note = "no SLUICE_TEST_REDIS_URL, no redis-server on PATH, and apt-get could not fetch it";
    return { url: "", note, stop: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "sluice-redis-"));
  const port = await freePort();
  const settings = {
    bind: "127.0.0.1",
    port: `${port}`,
    save: "",
    appendonly: "no",
    dir: folder,
    daemonize: "no",
  };
  const stop = await guarded({
    binary,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    folder,
    ready: /Ready to accept connections/,
    ids: {},
    env: withLibraries(),
  });
  return { url: `redis://127.0.0.1:${port}`, note: binary, stop };
}

const cache = fileURLToPath(new URL("../../node_modules/.cache/sluice-redis/", import.meta.url));
const extracted = join(cache, "root");

// redis-server is a link into redis-tools; the rest are libraries that a bare machine may not have.
const PACKAGES = [
  "redis-server",
  "redis-tools",
  "liblua5.1-0",
  "lua-bitop",
  "lua-cjson",
  "libjemalloc2",
  "liblzf1",
  "libatomic1",
];

function fromPackages(): string | undefined {
  const path = join(extracted, "usr/bin/redis-server");
  const known = firstExecutable([path]);
  if (known !== undefined) return known;
  if (onPath("apt-get") === undefined || onPath("dpkg") === undefined) return undefined;
  mkdirSync(extracted, { recursive: true });
  try {
    run("apt-get", "download", ...PACKAGES);
    for (const file of readdirSync(cache)) if (file.endsWith(".deb")) run("dpkg", "-x", file, extracted);
  } catch {
    return undefined;
  }
  return firstExecutable([path]);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { cwd: cache, stdio: "ignore", timeout: 60_000 });
}

function withLibraries(): NodeJS.ProcessEnv {
  const architecture = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[
    process.arch as "x64" | "arm64"
  ];
  return { ...process.env, LD_LIBRARY_PATH: join(extracted, "usr/lib", architecture ?? "") };
}
