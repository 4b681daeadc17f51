import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onPath } from "./findBinary.ts";

export interface DebianPackages {
  /** Of the release of this machine, or of its backports. */
  readonly packages: readonly string[];
}

const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));

/**
 * Packages of Debian, taken apart in a folder, once for a checkout: needs neither root nor an installation.
 * @returns the folder that stands for `/`, or `undefined` where they cannot be had
 */
export function debianPackages(name: string, { packages }: DebianPackages): string | undefined {
  const root = join(cache, `sluice-${name}`);
  if (existsSync(root)) return root;
  if (onPath("apt-get") === undefined || onPath("dpkg") === undefined) return undefined;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "sluice-fetch-"));
  try {
    fetch(work, packages);
    const extracted = join(work, "root");
    for (const file of readdirSync(work))
      if (file.endsWith(".deb")) run(work, "dpkg", ["-x", file, extracted]);
    renameSync(extracted, root);
    return root;
  } catch {
    return existsSync(root) ? root : undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** By the lists of this machine, or, where it has none or they have not everything, by lists of our own. */
function fetch(work: string, packages: readonly string[]): void {
  try {
    run(work, "apt-get", ["download", ...packages]);
  } catch {
    const options = ownLists(work);
    run(work, "apt-get", [...options, "update"]);
    run(work, "apt-get", [...options, "download", ...packages]);
  }
}

function ownLists(work: string): string[] {
  const format = ["--format", "$(SITE) $(RELEASE)", "Created-By: Packages", "Component: main"];
  const [site, release] = run(work, "apt-get", ["indextargets", "--no-release-info", ...format])
    .split("\n")[0]
    .split(" ");
  mkdirSync(join(work, "state/lists/partial"), { recursive: true });
  mkdirSync(join(work, "cache/archives/partial"), { recursive: true });
  const sources = [release, `${release}-backports`].map((suite) => `deb ${site} ${suite} main\n`);
  writeFileSync(join(work, "sources.list"), sources.join(""));
  writeFileSync(join(work, "status"), "");
  const folders = {
    "Dir::State": join(work, "state"),
    // As if nothing were installed: what is, may be of a source that is not listed.
    "Dir::State::status": join(work, "status"),
    "Dir::Cache": join(work, "cache"),
    "Dir::Etc::SourceList": join(work, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
  };
  return Object.entries(folders).flatMap(([setting, folder]) => ["-o", `${setting}=${folder}`]);
}

function run(cwd: string, command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 60_000,
  });
}

/** The environment in which a program out of such a folder finds its libraries. */
export function withLibraries(root: string): NodeJS.ProcessEnv {
  const architecture = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[
    process.arch as "x64" | "arm64"
  ];
  return { ...process.env, LD_LIBRARY_PATH: join(root, "usr/lib", architecture ?? "") };
}
