import { type Derived, type Figures, type Reference, type Table, timeOf } from "./Table.ts";

/** The table as text: the figures, our speeds against each reference, and what became of the targets. */
export function report(table: Table, figures: Figures): string {
  const { name, unit, references, targets } = table;
  const compared = references.map((reference) => `${speeds(table, reference, figures)}\n\n`);
  const derived = table.derived === undefined ? "" : `${reckoned(table.derived, figures)}\n\n`;
  const verdicts = targets.map(({ text, share }) => `${verdict(text, share(figures))}\n`);
  return `${name}: ${unit}\n${times(table, figures)}\n\n${compared.join("")}${derived}${verdicts.join("")}`;
}

function times({ contenders, columns }: Table, figures: Figures): string {
  return grid(columns, contenders, (name, column) => show(figures(name, column)));
}

function speeds(table: Table, reference: Reference, figures: Figures): string {
  const lines = grid(table.times, table.ours, (name, column) => {
    const speed = timeOf(reference, column, figures) / figures(name, column);
    return Number.isNaN(speed) ? "-" : `${speed.toFixed(2)}x`;
  });
  return `speed against ${reference.called}\n${lines}`;
}

function reckoned({ title, contenders, columns, figure }: Derived, figures: Figures): string {
  return `${title}\n${grid(columns, contenders, (name, column) => show(figure(figures, name, column)))}`;
}

function verdict(text: string, share: number): string {
  return `${share <= 1 ? "met   " : "MISSED"}  ${text} (found: ${share.toFixed(2)} of what is allowed)`;
}

function show(figure: number): string {
  if (Number.isNaN(figure)) return "-";
  return figure < 100 ? figure.toPrecision(3) : Math.round(figure).toLocaleString("en");
}

/** A line for each contender, the names to the left and the cells to the right of their columns. */
function grid(
  columns: readonly string[],
  names: readonly string[],
  cell: (name: string, column: string) => string,
): string {
  const first = Math.max(...names.map((name) => name.length));
  const cells = columns.map((column) => {
    const texts = [column, ...names.map((name) => cell(name, column))];
    const width = Math.max(...texts.map((text) => text.length));
    return texts.map((text) => text.padStart(width));
  });
  return ["", ...names]
    .map((name, line) => [name.padEnd(first), ...cells.map((texts) => texts[line])].join("  "))
    .join("\n");
}
