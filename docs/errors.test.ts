import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the page on errors tells every code that an error may have, and no other", () => {
  const [, union] = /type ErrorCode =([^;]*);/.exec(read("../packages/sluice/src/errors/SluiceError.ts"))!;
  const known = [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code);
  const cells = [...read("errors.md").matchAll(/^\| [^|]*\| ([^|]*) \|/gm)].map(([, cell]) => cell);
  const listed = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code));
  expect(known.length).toBeGreaterThan(20);
  expect(listed.toSorted()).toEqual(known.toSorted());
});
