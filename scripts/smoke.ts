// Packs the library, installs the tarball into an empty folder, loads every subpath on Node 20, the oldest supported, compiles
// every subpath, and runs the published suites on Node 20.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkMaps } from "./smoke/checkMaps.ts";
import { checkTypes } from "./smoke/checkTypes.ts";

const NODE_20 = "20.20.2";
const INSTALL = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
const library = fileURLToPath(new URL("../packages/sluice", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sluice-smoke-"));

try {
  const tarball = pack();
  const consumer = install("consumer", tarball);
  const manifest = JSON.parse(readFileSync(join(consumer, "node_modules/sluice/package.json"), "utf8"));
  checkManifest(manifest);
  checkMaps(join(consumer, "node_modules/sluice"));
  const subpaths = Object.keys(manifest.exports).map((subpath) => `sluice${subpath.slice(1)}`);
  const node = findNode20();
  load(node, consumer, subpaths);
  checkTypes({ folder: consumer, install: (...packages) => install("consumer", ...packages) }, subpaths);
  runSuites(node, consumer);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack(): string {
  const output = npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], library);
  const packed = JSON.parse(output);
  const [{ filename, size, entryCount }] = Array.isArray(packed) ? packed : Object.values<any>(packed);
  console.log(`${filename}: ${entryCount} files, ${size} bytes`);
  return join(folder, filename);
}

function checkManifest(manifest: Record<string, Record<string, string> | undefined>): void {
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  if (dependencies.length > 0) throw new Error(`the package has dependencies: ${dependencies.join(", ")}`);
  const hooks = ["preinstall", "install", "postinstall", "prepare"].filter(
    (name) => manifest.scripts?.[name],
  );
  if (hooks.length > 0) throw new Error(`the package has install scripts: ${hooks.join(", ")}`);
}

function load(node: string, consumer: string, subpaths: string[]): void {
  const program = `
    const { createRequire } = require("node:module");
    const failures = [];
    async function attempt(how, subpath, load) {
      try {
        const names = Object.keys(await load());
        console.log("ok   " + how + " " + subpath + " (" + names.length + " names)");
      } catch (error) {
        console.log("FAIL " + how + " " + subpath + ": " + error);
        failures.push(subpath);
      }
    }
    (async () => {
      console.log("node " + process.versions.node);
      for (const subpath of ${JSON.stringify(subpaths)}) {
        const options = subpath.endsWith(".json") ? { with: { type: "json" } } : {};
        await attempt("import ", subpath, () => import(subpath, options));
      }
      for (const subpath of ${JSON.stringify(subpaths)}) await attempt("require", subpath, () => require(subpath));
      process.exitCode = failures.length > 0 ? 1 : 0;
    })();
  `;
  const file = join(consumer, "load.cjs");
  writeFileSync(file, program);
  execFileSync(node, ["--no-warnings", file], { cwd: consumer, stdio: "inherit", env: withoutNodeOptions() });
}

/** Once the types have been checked, fast-check is there, which they need. */
function runSuites(node: string, consumer: string): void {
  const file = join(consumer, "suites.mjs");
  copyFileSync(new URL("smoke/suites.mjs", import.meta.url), file);
  execFileSync(node, ["--test", "--test-reporter=dot", file], {
    cwd: consumer,
    stdio: "inherit",
    env: withoutNodeOptions(),
  });
  console.log("ok   suites");
}

function findNode20(): string {
  for (const folderOnPath of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folderOnPath, "node");
    if (folderOnPath.includes("node_modules") || !existsSync(candidate)) continue;
    const version = execFileSync(candidate, ["--version"], { encoding: "utf8" });
    if (version.startsWith("v20.")) return candidate;
  }
  const name = `node-${process.platform}-${process.arch}`;
  return join(install("node20", `${name}@${NODE_20}`), "node_modules", name, "bin/node");
}

function install(name: string, ...what: string[]): string {
  const prefix = join(folder, name);
  npm([...INSTALL, "--prefix", prefix, ...what], folder);
  return prefix;
}

function npm(args: string[], cwd: string): string {
  return execFileSync("npm", ["--loglevel=error", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _ignored, ...environment } = process.env;
  return environment;
}
