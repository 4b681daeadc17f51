import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { LIMIT } from "./limits.ts";
import type { Moment, Observed } from "./observe.ts";
import { END_MS } from "./traffic.ts";

type Panel = (TopLevelSpec & { vconcat: unknown[] })["vconcat"][number];

type Field = Exclude<keyof Moment, "atMs">;

const WIDTH = 720;
const COLOURS = { domain: ["admitted", "refused"], range: ["#2166ac", "#ef8a62"] };
const TIME = { field: "atMs", type: "quantitative", scale: { domain: [0, END_MS], nice: false } } as const;

/** The picture of one algorithm as SVG: what it answered, what remained, and what a window saw. */
export async function draw(title: string, { calls, moments }: Observed): Promise<string> {
  const spec = {
    title: { text: title, anchor: "start" },
    background: "white",
    resolve: { scale: { x: "shared" } },
    vconcat: [
      bars(calls),
      line("remaining", "remaining", moments, []),
      line("inWindow", "in the last 10 s", moments, [{ y: LIMIT }]),
    ],
  } as TopLevelSpec;
  const svg = await new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
  return `${svg}\n`;
}

/** The calls of each second, stacked. */
function bars(calls: Observed["calls"]): Panel {
  return {
    width: WIDTH,
    height: 110,
    data: { values: [...calls] },
    mark: { type: "bar", binSpacing: 1 },
    encoding: {
      x: { ...TIME, bin: { step: 1000 }, axis: axis(false) },
      y: { aggregate: "count", title: "calls a second", scale: { domain: [0, 25] }, axis: { tickCount: 5 } },
      color: { field: "outcome", scale: COLOURS, legend: { title: null, orient: "top" } },
      order: { field: "outcome" },
    },
  };
}

function line(field: Field, title: string, values: Observed["moments"], rules: { y: number }[]): Panel {
  return {
    width: WIDTH,
    height: 100,
    layer: [
      {
        data: { values: values.filter(changes(field)) },
        mark: { type: "area", interpolate: "step-after", line: { color: "#2166ac" }, color: "#d1e5f0" },
        encoding: {
          x: { ...TIME, axis: axis(rules.length > 0) },
          y: { field, type: "quantitative", title, scale: { domain: [0, 20] }, axis: { tickCount: 4 } },
        },
      },
      {
        data: { values: rules },
        mark: { type: "rule", strokeDash: [4, 4], color: "#b2182b" },
        encoding: { y: { field: "y", type: "quantitative" } },
      },
    ],
  };
}

/** Only where the line turns, and where it ends. */
const changes = (field: Field) => (moment: Moment, i: number, all: readonly Moment[]) =>
  moment[field] !== all[i - 1]?.[field] || i === all.length - 1;

/** Lines at the edges of the windows; words only under the lowest panel. */
function axis(isLowest: boolean): object {
  const values = Array.from({ length: END_MS / 10_000 + 1 }, (_, i) => i * 10_000);
  return {
    values,
    labels: isLowest,
    ticks: isLowest,
    title: isLowest ? "seconds" : null,
    labelExpr: "datum.value / 1000",
  };
}
