import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** The systems, and how many rows each has. */
const SYSTEMS = { S0: 31, S1: 61, S2: 40, S3: 54, S4: 103 };
/** Where tests, and suites that tests run, may stand. */
const TESTS = /^(?:packages\/[a-z]+\/test|packages\/sluice\/src\/testing|examples|docs)\/[\w./-]+\.ts$/;

interface Line {
  readonly row: string;
  readonly way: string;
  readonly shown: string;
}

const absolute = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const page = readFileSync(absolute("docs/parity.md"), "utf8");

/** The lines of the tables, in their order. */
function linesOf(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    if (!/^\|\s*S\d/.test(line)) return [];
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
    if (cells.length !== 5) throw new Error(`three columns, not ${cells.length - 2}: ${line}`);
    return [{ row: cells[1], way: cells[2], shown: cells[3] }];
  });
}

/** What is wrong with a line, or nothing. */
function faultOf({ way, shown }: Line): string | undefined {
  if (way === "") return "it does not say the way";
  if (shown === "next" || shown === "not") {
    return way.startsWith("Another way:") ? `another way, and ${shown}` : undefined;
  }
  const [path, title, ...more] = shown.split(" › ");
  if (!title || more.length > 0) return `neither next, nor not, nor a test: ${shown}`;
  if (/\bnext (?:stores|verbs|of HTTP)\b/.test(way)) return "met, and next";
  if (!TESTS.test(path)) return `tests do not stand there: ${path}`;
  if (!existsSync(absolute(path))) return `there is no ${path}`;
  const source = readFileSync(absolute(path), "utf8");
  const isThere = ['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote}`));
  return isThere ? undefined : `${path} has no test called ${title}`;
}

const lines = linesOf(page);

test("every one of the 289 rows has one line, in order", () => {
  const rows = Object.entries(SYSTEMS).flatMap(([system, count]) =>
    Array.from({ length: count }, (_, i) => `${system}.${i + 1}`),
  );
  expect(rows).toHaveLength(289);
  expect(lines.map(({ row }) => row)).toEqual(rows);
});

test("every line is met and names a test that is there, or is next, or is left out", () => {
  expect(lines.map((line) => [line.row, faultOf(line)]).filter(([, fault]) => fault !== undefined)).toEqual(
    [],
  );
});

describe("a line is told to be wrong", () => {
  const known = "docs/parity.test.ts › every one of the 289 rows has one line, in order";
  test.each([
    ["`x`", known, undefined],
    ["`redisStore`, the next stores", "next", undefined],
    ["because", "not", undefined],
    ["", known, "it does not say the way"],
    ["`x`", "", "neither next, nor not, nor a test: "],
    ["`x`", "soon", "neither next, nor not, nor a test: soon"],
    ["`x`", `next, ${known} › more`, `neither next, nor not, nor a test: next, ${known} › more`],
    ["`x`, the next stores", known, "met, and next"],
    ["Another way: `x`", "next", "another way, and next"],
    ["`x`", "README.md › Sluice", "tests do not stand there: README.md"],
    ["`x`", "docs/none.test.ts › a", "there is no docs/none.test.ts"],
    [
      "`x`",
      "docs/snippets.test.ts › a title of its own",
      "docs/snippets.test.ts has no test called a title of its own",
    ],
    [
      "`x`",
      "docs/snippets.test.ts › every snippet",
      "docs/snippets.test.ts has no test called every snippet",
    ],
  ])("%s / %s", (way, shown, fault) => {
    expect(faultOf({ row: "S0.1", way, shown })).toBe(fault);
  });
});
