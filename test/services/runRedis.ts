import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import type { RedisBinary } from "./redisBinary.ts";

export interface RunningRedis {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Runs a server on a free port of 127.0.0.1 that keeps nothing.
 * @param settings of redis.conf, beside those
 */
export async function runRedis(
  { path, env }: RedisBinary,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningRedis> {
  const port = await freePort();
  return runWith({ path, env }, port, { save: "", appendonly: "no", ...settings }, []);
}

/** Runs a Sentinel on a free port of 127.0.0.1. It writes its settings into a file of its own. */
export async function runSentinel(binary: RedisBinary, settings: readonly string[]): Promise<RunningRedis> {
  const port = await freePort();
  return runWith(binary, port, {}, settings);
}

async function runWith(
  { path, env }: RedisBinary,
  port: number,
  settings: Readonly<Record<string, string>>,
  sentinel: readonly string[],
): Promise<RunningRedis> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-redis-"));
  const all = { bind: "127.0.0.1", port: `${port}`, dir: folder, daemonize: "no", ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name} ${value === "" ? '""' : value}`);
  const file = join(folder, "redis.conf");
  writeFileSync(file, [...lines, ...sentinel, ""].join("\n"));
  const stop = await guarded({
    binary: path,
    args: sentinel.length > 0 ? [file, "--sentinel"] : [file],
    folder,
    ready: sentinel.length > 0 ? /Sentinel ID is|\+monitor/ : /Ready to accept connections/,
    ids: {},
    env,
  });
  return { port, stop };
}
