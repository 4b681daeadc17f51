import type { Document, LineCounter } from "yaml";
import { findPlace } from "./findPlace.ts";
import type { Fault, Path } from "./RulesFileError.ts";

/** A file that is well-formed, as data, and where in its text everything stands. */
export class ParsedFile {
  readonly data: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter, data: unknown) {
    this.data = data;
    this.#document = document;
    this.#lines = lines;
  }

  /** A fault at a path, or at the nearest place above it that the text has. */
  fault(path: Path, sentence: string, at: "value" | "name" = "value"): Fault {
    const { line, col } = this.#lines.linePos(findPlace(this.#document, path, at));
    return { line, column: col, path, sentence };
  }
}
