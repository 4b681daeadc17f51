import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Server } from "../Table.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Within the workspace, so that its compiler and its types are found. */
const folder = fileURLToPath(new URL("../../node_modules/.cache/earlier/", import.meta.url));

/** Builds the library as it was at a commit, in a folder of its own. Its `url` is that of its entry. */
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
  const url = pathToFileURL(`${folder}packages/sluice/dist/index.js`).href;
  return { url, note: commit, stop: async () => rmSync(folder, { recursive: true }) };
}
