import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const library = fileURLToPath(new URL("../../", import.meta.url));
const modules = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));

/** Runs a module in a folder in which the built library is installed, and of clients only these. */
export async function runWith(
  clients: readonly string[],
  code: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sluice-env-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const installed = join(folder, "node_modules");
  mkdirSync(installed);
  for (const name of ["package.json", "dist"])
    cpSync(join(library, name), join(installed, "sluice", name), { recursive: true });
  for (const name of clients) symlinkSync(join(modules, name), join(installed, name));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    timeout: 30_000,
  });
  return stdout;
}
