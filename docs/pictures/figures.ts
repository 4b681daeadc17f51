import { readFileSync } from "node:fs";
import { limits, WINDOW_MS } from "./limits.ts";
import { titleOf } from "./titleOf.ts";
import { worst } from "./worst.ts";

interface Results {
  readonly results: readonly { contender: string; figures: Readonly<Record<string, number>> }[];
}

const COLUMNS = [
  "algorithm",
  "at one instant",
  "in 1 s",
  "in 10 s",
  "admitted, ns",
  "refused, ns",
  "bytes a key",
  "after 50 calls",
];

/** The table of the guide: what the worst client gets, found anew, and what a decision costs, from the latest run. */
export function figures(): string {
  const { results } = JSON.parse(read("../../bench/results/algorithms.json")) as Results;
  const rows = Object.entries(limits).map(([name, limit]) => {
    const called = titleOf(name);
    const cost = results.find(({ contender }) => contender === called)?.figures;
    if (cost === undefined) throw new Error(`no figures of ${called} yet: npm run bench -- algorithms`);
    const measured = [
      tens(cost["admitted"]),
      tens(cost["refused"]),
      tens(cost["bytes per key, 1 call"]),
      tens(cost["bytes per key, 50 calls"]),
    ];
    return [called, worst(limit, 1), worst(limit, 1000), worst(limit, WINDOW_MS), ...measured];
  });
  return [COLUMNS, COLUMNS.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

/** Two figures, as far as they mean something. */
function tens(figure: number): string {
  return (Math.round(figure / 10) * 10).toLocaleString("en");
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

const BETWEEN = /(?<=<!-- npm run pictures -->\n\n).*?(?=\n<!-- end -->)/s;

/** The page with its table as it is now. */
export function withFigures(page: string): string {
  if (!BETWEEN.test(page)) throw new Error("the page has no place for the table");
  return page.replace(BETWEEN, figures());
}
