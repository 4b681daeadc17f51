import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const folder = new URL("node_modules/.cache/sluice-guide-blocks/", root);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

interface Block {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The blocks of the guide that promise something: programs that assert, and tests. */
const blocks = globSync("docs/*.md", { cwd: fileURLToPath(root) })
  .toSorted()
  .flatMap(blocksOf);
const programs = blocks.filter(({ text }) => text.includes('from "node:assert/strict"'));
const suites = blocks.filter(({ text }) => /^test\(/m.test(text));

function blocksOf(page: string): Block[] {
  const text = readFileSync(new URL(page, root), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length + 1;
    const file = new URL(`${page.replaceAll(/\W/g, "-")}-${line}.ts`, folder);
    writeFileSync(file, `${match[1]}\nexport {};\n`);
    return { name: `${page}, line ${line}`, path: fileURLToPath(file), text: match[1] };
  });
}

describe("the programs of the guide keep what they promise", () => {
  test.each(programs)("$name", async ({ path }) => {
    expect(await import(/* @vite-ignore */ path)).toBeDefined();
  });
});

test("there are programs and tests in the guide", () => {
  expect(programs.length).toBeGreaterThan(0);
  expect(suites.length).toBeGreaterThan(0);
});

describe.each(suites)("the tests of $name", async ({ path }) => {
  await import(/* @vite-ignore */ path);
});
