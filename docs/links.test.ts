import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = globSync(["*.md", "bench/*.md", "docs/**/*.md", "examples/*.md", "packages/*/*.md"], {
  cwd: root,
}).toSorted();
const read = (page: string) => readFileSync(join(root, page), "utf8");

/** The links of a page to other files and places, without those in its code. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^https?:/.test(link));
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** What is wrong with a link of a page, or nothing. */
function faultOf(page: string, link: string): string | undefined {
  const [path, anchor] = link.split("#");
  const target = path === "" ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || statSync(join(root, target)).isDirectory()) return undefined;
  return anchorsOf(read(target)).includes(anchor) ? undefined : `${link}: no such heading`;
}

test.each(pages)("the links of %s lead somewhere", (page) => {
  expect(linksOf(read(page)).flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
});

test("the index leads to every page of the guide", () => {
  const linked = new Set(linksOf(read("docs/README.md")).map((link) => link.split("#")[0]));
  const all = globSync("*.md", { cwd: join(root, "docs") }).filter((name) => name !== "README.md");
  expect(all.filter((name) => !linked.has(name))).toEqual([]);
});

test("the page of the examples leads to every example", () => {
  const linked = new Set(linksOf(read("examples/README.md")));
  const shared = new Set(["answers.ts", "fakeModel.ts", "startProgram.ts"]);
  const all = globSync(["*.ts", "from/*.ts"], { cwd: join(root, "examples") });
  const examples = all.filter((name) => !name.endsWith(".test.ts") && !shared.has(name));
  expect(examples.filter((name) => !linked.has(name))).toEqual([]);
});

describe("a link is told to be wrong", () => {
  test.each([
    ["algorithms.md", undefined],
    ["algorithms.md#which-one", undefined],
    ["#the-guide", undefined],
    ["decisions", undefined],
    ["none.md", "none.md: there is no docs/none.md"],
    ["algorithms.md#which-two", "algorithms.md#which-two: no such heading"],
  ])("%s", (link, fault) => {
    expect(faultOf("docs/README.md", link)).toBe(fault);
  });
});
