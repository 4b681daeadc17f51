import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "node_modules/.cache/sluice-snippets");
const compiler = join(root, "node_modules/typescript/bin/tsc");

const settings = {
  extends: join(root, "tsconfig.json"),
  compilerOptions: { noUncheckedIndexedAccess: true, noUnusedLocals: false, paths: {}, types: ["node"] },
  include: ["*.ts"],
};

/** Every block of TypeScript in README and guide, as a file that is named after its place. */
function snippets(): { name: string; text: string }[] {
  return globSync(["README.md", "bench/*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: root }).flatMap(
    (page) => {
      const text = readFileSync(join(root, page), "utf8");
      return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => {
        const line = text.slice(0, match.index).split("\n").length + 1;
        return {
          name: `${page.replaceAll(/[^a-z0-9]/gi, "-")}-${line}.ts`,
          text: `${match[1]}\nexport {};\n`,
        };
      });
    },
  );
}

test("every snippet of README and guide compiles against the built library", () => {
  const found = snippets();
  expect(found.length).toBeGreaterThan(15);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of found) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});
