import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { guarded } from "./guarded.ts";

/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** @returns a new temporary folder, with an empty database in its `data` */
export function initPostgres(binary: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
  giveAway(folder);
  const args = ["-D", join(folder, "data"), "-U", "sluice", "-A", "trust", "-E", "UTF8", "--locale=C"];
  const initdb = join(dirname(realpathSync(binary)), "initdb");
  execFileSync(initdb, [...args, "--no-sync"], { stdio: "ignore", cwd: folder, ...ids });
  return folder;
}

export interface PostgresRun {
  readonly binary: string;
  /** As `initPostgres` made it. */
  readonly folder: string;
  readonly port: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Leaves the data where it is when it ends. Default: the folder is removed. */
  readonly keepsData?: boolean;
}

/** @returns what stops it, when it is ready */
export function runPostgres({
  binary,
  folder,
  port,
  settings = {},
  keepsData = false,
}: PostgresRun): Promise<() => Promise<void>> {
  const given = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const args = ["-D", join(folder, "data"), "-F", "-h", "127.0.0.1", "-p", `${port}`, "-k", ""];
  const removed = keepsData ? join(folder, "run") : folder;
  if (keepsData) {
    mkdirSync(removed);
    giveAway(removed);
  }
  const ready = /ready to accept connections/;
  return guarded({ binary, args: [...args, ...given], folder: removed, ready, ids, env: process.env });
}

function giveAway(folder: string): void {
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
}
