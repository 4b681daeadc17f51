import { join } from "node:path";
import { debianPackages, withLibraries } from "./debianPackages.ts";
import { firstExecutable, onPath } from "./findBinary.ts";

/** A program that is a Redis or a Valkey. */
export interface RedisBinary {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a bare machine may not have. */
const LIBRARIES = ["libjemalloc2", "liblzf1", "libatomic1"];

/** A Redis 7 or newer: of this machine, or of Debian's packages. */
export function redisBinary(): RedisBinary | undefined {
  // redis-server is a link into redis-tools.
  const packages = ["redis-server", "redis-tools", "liblua5.1-0", "lua-bitop", "lua-cjson", ...LIBRARIES];
  return find("redis-server", () => debianPackages("redis-server", { packages }));
}

/** A Valkey 8 or newer: of this machine, or of Debian's packages. */
export function valkeyBinary(): RedisBinary | undefined {
  const packages = ["valkey-server", "valkey-tools", ...LIBRARIES];
  return find("valkey-server", () => debianPackages("valkey-server", { packages }));
}

function find(name: string, fetch: () => string | undefined): RedisBinary | undefined {
  const installed = onPath(name);
  if (installed !== undefined) return { path: installed, env: process.env };
  const root = fetch();
  const path = root && firstExecutable([join(root, "usr/bin", name)]);
  return path ? { path, env: withLibraries(root) } : undefined;
}
