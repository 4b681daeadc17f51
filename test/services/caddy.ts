import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianPackages, withLibraries } from "./debianPackages.ts";
import { firstExecutable, onPath } from "./findBinary.ts";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import { demand, type RunningService } from "./Service.ts";

/** What a bare machine may not have. */
const PACKAGES = ["caddy", "libzstd1"];

/**
 * A Caddy with the given sites, for the test file that asks for it.
 * @param sites what stands in the Caddyfile after its global options, given a free port of 127.0.0.1
 */
export async function startCaddy(sites: (port: number) => string): Promise<RunningService> {
  const found = find();
  if (found === undefined) {
    const none = { url: "", note: "no caddy on PATH, and apt-get could not fetch it" };
    demand("Caddy", none);
    return { ...none, stop: async () => {} };
  }
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "sluice-caddy-"));
  const file = join(folder, "Caddyfile");
  writeFileSync(file, OPTIONS + sites(port));
  const stop = await guarded({
    binary: found.binary,
    args: ["run", "--config", file, "--adapter", "caddyfile"],
    folder,
    ready: /serving initial configuration/,
    ids: {},
    env: { ...found.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  return { url: `http://127.0.0.1:${port}`, note: found.binary, stop };
}

/** Nothing but the sites: no admin port, no certificates, nothing to find at the next start. */
const OPTIONS = `{
  admin off
  auto_https off
}
`;

function find(): { binary: string; env: NodeJS.ProcessEnv } | undefined {
  const installed = onPath("caddy");
  if (installed !== undefined) return { binary: installed, env: process.env };
  const root = debianPackages("caddy", { packages: PACKAGES });
  const binary = root && firstExecutable([join(root, "usr/bin/caddy")]);
  return binary ? { binary, env: withLibraries(root) } : undefined;
}
