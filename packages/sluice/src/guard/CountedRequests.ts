import { type NativeNote, nativeNote } from "./nativeNote.ts";

/** Which requests one guard has counted and not yet seen answered. It is noted on the frameworks' own requests. */
export class CountedRequests {
  readonly #self = {};
  /** What stands on nearly all requests: one list serves them. */
  readonly #onlySelf: readonly object[] = [this.#self];

  has(native: unknown): boolean {
    return nativeNote(native)?.countedBy.includes(this.#self) === true;
  }

  add(note: NativeNote): void {
    if (note.countedBy.length === 0) note.countedBy = this.#onlySelf;
    else if (!note.countedBy.includes(this.#self)) note.countedBy = [...note.countedBy, this.#self];
  }

  /** What was decided about it is forgotten, too. */
  delete(native: unknown): void {
    const note = nativeNote(native);
    if (note === undefined) return;
    note.countedBy = note.countedBy.filter((other) => other !== this.#self);
    note.decisions = [];
  }
}
