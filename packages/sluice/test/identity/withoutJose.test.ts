import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "sluice";
import { expect, onTestFinished, test } from "vitest";

const library = fileURLToPath(new URL("../../", import.meta.url));

/** The built library where nothing else is installed. */
function bareCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bare-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(library, "dist"), join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

const PROGRAM = `
  const { jwt } = await import("./dist/identity/jwt.js");
  const find = jwt({ key: "secret", algorithms: "HS256" });
  const request = (value) => ({ header: () => value, headerLines: () => 1 });
  console.log(await find(request("Basic YTpi"), console.log));
  try {
    await find(request("Bearer a.b.c"), console.log);
  } catch (error) {
    console.log(error.code, error.message);
  }
`;

test("S3.34: jose is asked for with the first token, and only by sluice/jwt", () => {
  expect(Object.keys(core).filter((name) => /jwt/i.test(name))).toEqual([]);
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: bareCopy(),
    encoding: "utf8",
  });
  expect(output.trim().split("\n")).toEqual([
    "undefined",
    "INVALID_OPTION sluice/jwt verifies tokens by jose, which is not installed: npm install jose",
  ]);
});
