import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Server } from "../Table.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Within the workspace, so that its compiler and its types are found. */
const folder = fileURLToPath(new URL("../../node_modules/.cache/earlier/", import.meta.url));

/**
 * Builds the library as it was at a commit, and lays the build of today beside it, so that nothing but the code differs. The
 * `url` is that of the folder of both.
 */
export async function buildEarlier(commit: string): Promise<Server> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = ["packages/sluice", "tsconfig.base.json"];
  const archive = execFileSync("git", ["archive", commit, ...files], { cwd: root, maxBuffer: 2 ** 28 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  const project = `${folder}packages/sluice/tsconfig.build.json`;
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", project], {
    stdio: "inherit",
  });
  cpSync(`${folder}packages/sluice/dist`, `${folder}earlier`, { recursive: true });
  cpSync(`${root}packages/sluice/dist`, `${folder}now`, { recursive: true });
  cpSync(`${root}packages/sluice/package.json`, `${folder}package.json`);
  const url = pathToFileURL(folder).href;
  return { url, note: commit, stop: async () => rmSync(folder, { recursive: true }) };
}
