import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { contenders } from "../../bench/algorithms/contenders.ts";
import { withFigures } from "./figures.ts";
import { LIMIT, limits } from "./limits.ts";
import { observe } from "./observe.ts";
import { pictures } from "./pictures.ts";
import { titleOf } from "./titleOf.ts";
import { traffic } from "./traffic.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const page = read("../choosing-an-algorithm.md");

test("the pictures are what the algorithms do today (npm run pictures)", async () => {
  const drawn = await pictures();
  const committed = globSync("*.svg", { cwd: fileURLToPath(new URL(".", import.meta.url)) });
  expect(committed.toSorted()).toEqual([...drawn.keys()].toSorted());
  for (const [name, svg] of drawn) expect(read(name) === svg, name).toBe(true);
});

test("the page shows every picture, and the table with the figures of today", () => {
  const shown = [...page.matchAll(/\]\(pictures\/(.*?)\)/g)].map(([, name]) => name);
  expect(shown.toSorted()).toEqual(
    Object.keys(limits)
      .map((name) => `${name}.svg`)
      .toSorted(),
  );
  expect(withFigures(page)).toBe(page);
});

test("all algorithms are shown the same calls, and token bucket, leaky bucket and GCRA answer them alike", () => {
  const seen = Object.values(limits).map((limit) => observe(limit).calls.map(({ atMs }) => atMs));
  expect(Object.keys(limits).map(titleOf)).toEqual(Object.keys(contenders));
  for (const times of seen) expect(times).toEqual(traffic);
  const bucket = observe(limits["token-bucket"]);
  expect(observe(limits["leaky-bucket"])).toEqual(bucket);
  expect(observe(limits["gcra"])).toEqual(bucket);
});

test("what the page says of the pictures can be seen in them", () => {
  const worst = (name: string) => Math.max(...observe(limits[name]).moments.map(({ inWindow }) => inWindow));
  expect(Object.keys(limits).filter((name) => worst(name) <= LIMIT)).toEqual(["sliding-log"]);
  expect(worst("fixed-window")).toBe(20);
  expect(worst("sliding-window")).toBe(17);

  const { calls, moments } = observe(limits["adaptive"]);
  const admitted = (from: number, to: number) =>
    calls.filter(({ atMs, outcome }) => outcome === "admitted" && atMs >= from && atMs < to).length;
  expect(admitted(18_000, 20_000)).toBe(12);
  expect(moments.find(({ atMs }) => atMs === 84_100)!.remaining).toBe(18);
  expect(admitted(84_000, 90_000)).toBe(12);
});
