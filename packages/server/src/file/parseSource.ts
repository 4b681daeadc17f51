import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import { type Fault, RulesFileError } from "./RulesFileError.ts";
import { ParsedFile } from "./ParsedFile.ts";

/** How often aliases may repeat what they stand for: far more than rules need, far less than an alias bomb. */
const MOST_ALIASES = 1000;

/** Rules nest about ten deep. */
const DEEPEST = 40;

/** Some thousand rules. Beyond that, checking a file that is all wrong would stop the server for seconds. */
const MOST_VALUES = 50_000;

/**
 * Reads YAML, of which JSON is a part. Anchors, aliases and merge keys work.
 * @throws RulesFileError with every fault of its syntax
 */
export function parseSource(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    stringKeys: true,
    logLevel: "error",
  } as const;
  const document = parseDocument(text, options);
  const errors = [...document.errors, ...document.warnings];
  if (errors.some(({ code }) => code === "RESOURCE_EXHAUSTION"))
    throw refuse(file, "nests too deeply to be read");
  if (errors.length > 0)
    throw new RulesFileError(
      file,
      errors.map(({ message, pos }) => syntaxFault(message, pos[0], lines)),
    );
  const data = toData(file, document, lines);
  if (data === null) throw refuse(file, "is empty; it needs rules");
  return new ParsedFile(document, lines, data);
}

function toData(file: string, document: Document, lines: LineCounter): unknown {
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    const { message } = error as Error;
    const offset = faultyPlace(document, message);
    if (offset === undefined) throw refuse(file, message);
    throw new RulesFileError(file, [syntaxFault(message, offset, lines)]);
  }
  const count = countValues(data, DEEPEST);
  if (count === Infinity)
    throw refuse(file, `nests more than ${DEEPEST} levels deep, or an anchor contains itself`);
  if (count > MOST_VALUES) throw refuse(file, `holds more than ${MOST_VALUES} values`);
  return data;
}

/** Where the parser, which tells no place for what it finds only now, must have found it. */
function faultyPlace(document: Document, message: string): number | undefined {
  const name = /^Unresolved alias .*: (.*)$/.exec(message)?.[1];
  const isBomb = message.startsWith("Excessive alias count");
  const isMerge = message.startsWith("Merge sources");
  let offset: number | undefined;
  visit(document, {
    // The last of a bomb stands for most.
    Alias(_key, { source, range }) {
      if (source === name || isBomb) offset = range?.[0];
      return source === name ? visit.BREAK : undefined;
    },
    Pair(_key, { key, value }) {
      if (!isMerge || !isScalar(key) || key.source !== "<<" || isMergeable(document, value)) return undefined;
      offset = isNode(value) ? value.range?.[0] : undefined;
      return visit.BREAK;
    },
  });
  return offset;
}

/** A map, or a list of maps. */
function isMergeable(document: Document, value: unknown): boolean {
  const source = isAlias(value) ? value.resolve(document) : value;
  if (!isSeq(source)) return isMap(source);
  return source.items.every((item) => isMap(isAlias(item) ? item.resolve(document) : item));
}

/** How many values there are, up to a little over {@link MOST_VALUES}; Infinity if they nest deeper than `levels`. */
function countValues(data: unknown, levels: number): number {
  if (typeof data !== "object" || data === null) return 1;
  if (levels === 0) return Infinity;
  let count = 1;
  for (const value of Object.values(data)) {
    count += countValues(value, levels - 1);
    if (count > MOST_VALUES) break;
  }
  return count;
}

function refuse(file: string, sentence: string): RulesFileError {
  return new RulesFileError(file, [{ path: [], sentence }]);
}

function syntaxFault(sentence: string, offset: number, lines: LineCounter): Fault {
  const { line, col } = lines.linePos(offset);
  return { line, column: col, path: [], sentence };
}
