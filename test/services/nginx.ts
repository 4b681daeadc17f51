import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianPackages, withLibraries } from "./debianPackages.ts";
import { firstExecutable, onPath } from "./findBinary.ts";
import { freePort } from "./freePort.ts";
import { guarded } from "./guarded.ts";
import { demand, type RunningService } from "./Service.ts";

/** What a bare machine may not have. */
const PACKAGES = ["nginx", "libpcre2-8-0", "libssl3"];
/** `nobody`: the workers of an nginx of root could not enter the folder. */
const NOBODY = 65534;

/**
 * An nginx with the given servers, for the test file that asks for it.
 * @param servers what stands in `http { ... }`, given a free port of 127.0.0.1
 */
export async function startNginx(servers: (port: number) => string): Promise<RunningService> {
  const found = find();
  if (found === undefined) {
    const none = { url: "", note: "no nginx on PATH, and apt-get could not fetch it" };
    demand("nginx", none);
    return { ...none, stop: async () => {} };
  }
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "sluice-nginx-"));
  const ids = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (ids.uid !== undefined) chownSync(folder, NOBODY, NOBODY);
  const file = join(folder, "nginx.conf");
  writeFileSync(file, settings(folder, servers(port)));
  const args = ["-p", folder, "-e", "stderr", "-c", file];
  const stop = await guarded({ ...found, args, folder, ready: /start worker process /, ids });
  return { url: `http://127.0.0.1:${port}`, note: found.binary, stop };
}

function settings(folder: string, servers: string): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
lock_file ${folder}/nginx.lock;
error_log stderr notice;
events {}
http {
  access_log off;
${kinds.map((kind) => `  ${kind}_temp_path ${kind};`).join("\n")}
${servers}
}
`;
}

function find(): { binary: string; env: NodeJS.ProcessEnv } | undefined {
  const installed = onPath("nginx");
  if (installed !== undefined) return { binary: installed, env: process.env };
  const root = debianPackages("nginx", { packages: PACKAGES });
  const binary = root && firstExecutable([join(root, "usr/sbin/nginx")]);
  return binary ? { binary, env: withLibraries(root) } : undefined;
}
