/** Where something stands in the data of a file: `["rules", 2, "limits"]`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a file. */
export interface Fault {
  /** From 1; undefined where no place in the file is at fault. */
  readonly line?: number;
  readonly column?: number;
  readonly path: Path;
  readonly sentence: string;
}

const MOST_TOLD = 20;

/** A rules file that cannot be used, with everything that is wrong with it. */
export class RulesFileError extends Error {
  override readonly name: string = "RulesFileError";
  readonly faults: readonly Fault[];

  /** The message has a line for each fault: `limits.yaml:7:11: rules[2].limits: must be ...`. */
  constructor(file: string, faults: readonly Fault[]) {
    const sorted = faults.toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
    const lines = [...new Set(sorted.map((fault) => faultLine(file, fault)))];
    const more = lines.length > MOST_TOLD ? [`${file}: and ${lines.length - MOST_TOLD} more`] : [];
    super([...lines.slice(0, MOST_TOLD), ...more].join("\n"));
    this.faults = sorted;
  }
}

function faultLine(file: string, { line, column, path, sentence }: Fault): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  return `${place}: ${path.length === 0 ? "" : `${pathText(path)}: `}${sentence}`;
}

/** A path as it is written in programs: `rules[2].cost["a b"]`. */
function pathText(path: Path): string {
  return path
    .map((step) =>
      typeof step === "number" ? `[${step}]` : isName(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join("")
    .replace(/^\./, "");
}

function isName(step: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(step);
}
