import { median, type Samples } from "./measure.ts";
import type { Figures, Table } from "./Table.ts";

/** The table as text: a line for each contender, then a line for each target. */
export function report(table: Table, samples: Samples): string {
  const figures = figuresOf(samples);
  const lines = table.contenders.map((name) => [
    name,
    ...table.columns.map((column) => show(figures(name, column))),
  ]);
  const targets = table.targets.map(({ text, share }) => verdict(text, share(figures)));
  return [
    `${table.name}: ${table.unit}`,
    "",
    ...grid([["", ...table.columns], ...lines]),
    "",
    ...targets,
    "",
  ].join("\n");
}

export function figuresOf(samples: Samples): Figures {
  return (contender, column) => median(samples.get(contender) ?? [], column);
}

function verdict(text: string, share: number): string {
  return `${share <= 1 ? "met   " : "MISSED"}  ${text} (at ${share.toFixed(2)} of what is allowed)`;
}

function show(figure: number): string {
  if (Number.isNaN(figure)) return "-";
  return figure < 100 ? figure.toPrecision(3) : Math.round(figure).toLocaleString("en");
}

/** Pads the cells: the first column to the left, the others to the right. */
function grid(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
  );
}
