import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Of Node's own types: the guide asks for `@types/node` there. */
const OF_NODE = new Set(["sluice/node", "sluice/ws"]);

/** A suite that draws its options from fast-check, whose types must then be the real ones. */
const WITH_FAST_CHECK = `
import { fixedWindow } from "sluice";
import { fixedWindowModel, type FastCheck, type Runner, testAlgorithm } from "sluice/testing";

export function test(runner: Runner): void {
  testAlgorithm(
    {
      limits: (fc) => fc.record({ limit: fc.nat(1000), window: fc.integer({ min: 1, max: 1000 }) }),
      algorithm: fixedWindow,
      model: ({ limit, window }) => fixedWindowModel({ limit, windowMs: window, anchor: "clock" }),
    },
    runner,
  );
}

// @ts-expect-error: fast-check has no such thing
export type Unknown = FastCheck["noSuchThing"];
`;

export interface Consumer {
  readonly folder: string;
  /** Adds packages to it. */
  install(...packages: string[]): void;
}

/**
 * Compiles all subpaths with the declarations of all packages checked, in a project that has no more than the guide asks for:
 * at first the library alone, then with the types of Node, then with fast-check.
 */
export function checkTypes({ folder, install }: Consumer, subpaths: string[]): void {
  const ofAll = subpaths.filter((subpath) => !subpath.endsWith(".json"));
  const everywhere = ofAll.filter((subpath) => !OF_NODE.has(subpath));
  compile(folder, "alone", exportsOf(everywhere), { lib: ["es2020", "dom"], types: [] });
  install(`@types/node@${versionOf("@types/node")}`);
  compile(folder, "with @types/node", exportsOf(ofAll), { lib: ["es2023"], types: ["node"] });
  install(`fast-check@${versionOf("fast-check")}`);
  compile(folder, "with fast-check", WITH_FAST_CHECK, { lib: ["es2023"], types: ["node"] });
}

function exportsOf(subpaths: string[]): string {
  return subpaths.map((subpath, i) => `export * as subpath${i} from "${subpath}";\n`).join("");
}

function compile(folder: string, name: string, program: string, options: object): void {
  writeFileSync(join(folder, "types.mts"), program);
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    ...options,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.mts"] }));
  execFileSync("tsc", ["-p", "tsconfig.json"], { cwd: folder, stdio: "inherit" });
  console.log(`ok   types ${name}`);
}

function versionOf(name: string): string {
  return createRequire(import.meta.url)("../../package.json").devDependencies[name];
}
