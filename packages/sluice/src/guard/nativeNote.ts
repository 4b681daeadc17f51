import type { Decision } from "../limiter/Decision.ts";
import { isWeakKey } from "./isWeakKey.ts";

/** What guards know of a framework's request. */
export interface NativeNote {
  /** The guards that counted it, each by an object of its own. */
  countedBy: readonly object[];
  decisions: readonly Decision[];
}

/** A constructor whose instance is what it is given. */
const Given = function (given: object): object {
  return given;
} as unknown as new (given: object) => object;

/**
 * Keeps a note in somebody else's object, where nobody else sees it: a field that is private to this class. A weak map does
 * the same in ten times the time, and keeps the garbage collector busy besides.
 */
class Noted extends Given {
  readonly #note: NativeNote;

  constructor(native: object, note: NativeNote) {
    super(native);
    this.#note = note;
  }

  static put(native: object, note: NativeNote): object {
    return new Noted(native, note);
  }

  static noteOf(native: object): NativeNote | undefined {
    return #note in native ? native.#note : undefined;
  }
}

const NONE: readonly never[] = [];

/** Of objects that take no more fields. */
let elsewhere: WeakMap<object, NativeNote> | undefined;

export function nativeNote(native: unknown): NativeNote | undefined {
  if (!isWeakKey(native)) return undefined;
  return Noted.noteOf(native) ?? elsewhere?.get(native);
}

/** The note of an object, a new one if it has none. That of anything else is not kept. */
export function ensureNote(native: unknown): NativeNote {
  const known = nativeNote(native);
  if (known !== undefined) return known;
  const note: NativeNote = { countedBy: NONE, decisions: NONE };
  if (!isWeakKey(native)) return note;
  try {
    Noted.put(native, note);
  } catch {
    elsewhere ??= new WeakMap();
    elsewhere.set(native, note);
  }
  return note;
}
