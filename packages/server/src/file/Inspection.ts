import { ConfigurationError } from "sluice";
import { checkSchema } from "./checkSchema.ts";
import type { Fault, Path } from "./RulesFileError.ts";
import type { ParsedFile } from "./ParsedFile.ts";

/** Nobody reads more, and finding where each stands takes time. */
const ENOUGH = 100;

/** Tries the parts of a file one by one and gathers what is wrong, so that a reader is told everything at once. */
export class Inspection {
  readonly faults: Fault[];
  readonly #source: ParsedFile;

  constructor(source: ParsedFile) {
    this.#source = source;
    this.faults = checkSchema(source, ENOUGH);
  }

  /** Whether nothing is wrong at a path and below. */
  isSound(path: Path): boolean {
    return !this.faults.some((fault) => path.every((step, i) => fault.path[i] === step));
  }

  /** What `make` makes of the data at a path; undefined if something is wrong with it, which is then known. */
  attempt<T>(path: Path, data: unknown, make: () => T): T | undefined {
    if (this.faults.length >= ENOUGH || !this.isSound(path)) return undefined;
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ConfigurationError) && !(error instanceof SyntaxError)) throw error;
      const [at, onName] = placeOf(error, path, data);
      const sentence = error.message.replace(/^rules\[\d+\]:? /, "");
      this.faults.push(this.#source.fault(at, sentence, onName ? "name" : "value"));
      return undefined;
    }
  }
}

/** Where below `path` an error belongs: the option it names, else the value or the name it complains about. */
function placeOf(
  error: ConfigurationError | SyntaxError,
  path: Path,
  data: unknown,
): [at: Path, onName: boolean] {
  if (error instanceof SyntaxError) return [path, false];
  const [, rule] = /^rules\[(\d+)\]$/.exec(error.path ?? "") ?? [];
  if (rule !== undefined && path.length === 0) return [["rules", Number(rule)], false];
  const option = error.path?.split(".").at(-1);
  const named = option === undefined ? undefined : stepsToName(data, option);
  if (named !== undefined) return [[...path, ...named], error.code === "UNKNOWN_OPTION"];
  const steps = stepsTo(data, error.value);
  if (steps !== undefined) return [[...path, ...steps], false];
  const complained = typeof error.value === "string" ? stepsToName(data, error.value) : undefined;
  return complained === undefined ? [path, false] : [[...path, ...complained], true];
}

/** The way down to the first member of that name. */
function stepsToName(data: unknown, name: string): Path | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if (Object.hasOwn(data, name)) return [name];
  for (const [step, child] of Object.entries(data)) {
    const steps = stepsToName(child, name);
    if (steps !== undefined) return [Array.isArray(data) ? Number(step) : step, ...steps];
  }
  return undefined;
}

/** The way from a value down to another that is the same. */
function stepsTo(data: unknown, value: unknown): Path | undefined {
  if (Object.is(data, value)) return [];
  if (typeof data !== "object" || data === null) return undefined;
  for (const [name, child] of Object.entries(data)) {
    const steps = stepsTo(child, value);
    if (steps !== undefined) return [Array.isArray(data) ? Number(name) : name, ...steps];
  }
  return undefined;
}
