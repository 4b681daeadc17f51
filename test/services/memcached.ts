import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianPackages, withLibraries } from "./debianPackages.ts";
import { firstExecutable, onPath } from "./findBinary.ts";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import { fromEnvironment, type RunningService } from "./Service.ts";

/** What a bare machine may not have. */
const PACKAGES = ["memcached", "libevent-2.1-7", "libsasl2-2"];

/** A Memcached: of the environment, of this machine, or of Debian's packages, taken apart in a folder without root. */
export async function startMemcached(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_MEMCACHED_URL");
  if (given !== undefined) return given;
  const found = find();
  if (found === undefined) {
    const note = "no SLUICE_TEST_MEMCACHED_URL, no memcached on PATH, and apt-get could not fetch it";
    return { url: "", note, stop: async () => {} };
  }
  const port = await freePort();
  const asNobody = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const stop = await guarded({
    ...found,
    args: ["-l", "127.0.0.1", "-p", `${port}`, "-U", "0", "-m", "64", ...asNobody, "-v", "-v"],
    folder: mkdtempSync(join(tmpdir(), "sluice-memcached-")),
    ready: /server listening/,
    ids: {},
  });
  return { url: `memcached://127.0.0.1:${port}`, note: found.binary, stop };
}

function find(): { binary: string; env: NodeJS.ProcessEnv } | undefined {
  const installed = onPath("memcached");
  if (installed !== undefined) return { binary: installed, env: process.env };
  const root = debianPackages("memcached", { packages: PACKAGES });
  const binary = root && firstExecutable([join(root, "usr/bin/memcached")]);
  return binary ? { binary, env: withLibraries(root) } : undefined;
}
