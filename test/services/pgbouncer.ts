import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianPackages, withLibraries } from "./debianPackages.ts";
import { firstExecutable, onPath } from "./findBinary.ts";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import type { RunningService } from "./Service.ts";

const PACKAGES = ["pgbouncer", "libc-ares2", "libevent-2.1-7"];
/** `nobody`: PgBouncer refuses to run as root. */
const NOBODY = 65534;

/** A PgBouncer before a server, in transaction mode, with two connections for everybody. */
export async function startPgbouncer(server: string): Promise<RunningService> {
  const found = find();
  if (found === undefined) {
    const note = "no pgbouncer on PATH, and apt-get could not fetch it";
    return { url: "", note, stop: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "sluice-pgbouncer-"));
  const ids = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (ids.uid !== undefined) chownSync(folder, NOBODY, NOBODY);
  const port = await freePort();
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(file, settings(new URL(server), port));
  const stop = await guarded({ ...found, args: [file], folder, ready: /process up/, ids });
  const { username, pathname } = new URL(server);
  return { url: `postgres://${username}@127.0.0.1:${port}${pathname}`, note: found.binary, stop };
}

function settings({ hostname, port, username }: URL, own: number): string {
  return `[databases]
* = host=${hostname} port=${port} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`;
}

function find(): { binary: string; env: NodeJS.ProcessEnv } | undefined {
  const installed = onPath("pgbouncer");
  if (installed !== undefined) return { binary: installed, env: process.env };
  const root = debianPackages("pgbouncer", { packages: PACKAGES });
  const binary = root && firstExecutable([join(root, "usr/sbin/pgbouncer")]);
  return binary ? { binary, env: withLibraries(root) } : undefined;
}
