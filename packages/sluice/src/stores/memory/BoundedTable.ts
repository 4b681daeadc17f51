import type { Capacity } from "./Capacity.ts";
import { hashKey } from "./hashKey.ts";
import { Table } from "./Table.ts";

const OVERFLOW_BUCKETS = 1024;

/**
 * A table that keeps to the capacity of its store without forgiving anybody: what is live is never evicted, and keys
 * that find no room share the rows of 1,024 overflow buckets.
 */
export class BoundedTable {
  isSwept = false;
  /** Where the last `seek` looked. */
  table: Table;
  /** Under what key. */
  #key = "";
  /** Who looked there, if what was found is shared, and there is room for a row of its own. */
  #leaver: string | undefined;
  /** Where in a row the parts begin that have names. */
  readonly #offsets = new Map<string, number>();
  readonly #capacity: Capacity;
  readonly #own: Table;
  readonly #shared: Table;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
    this.#own = this.table = new Table();
    this.#shared = new Table();
  }

  get isEmpty(): boolean {
    return this.#own.size === 0 && this.#shared.size === 0;
  }

  /** The last `seek` ended at a row that keys share. */
  get isShared(): boolean {
    return this.table === this.#shared;
  }

  /**
   * Gives every row a part of so many numbers, of which the first is the time when it equals nothing.
   * @returns where in a row it begins
   */
  addPart(width: number): number {
    this.#shared.addPart(width);
    return this.#own.addPart(width);
  }

  /** Where in a row the part of this name begins. It is made if it is not there. */
  partOf(name: string, width: number): number {
    const offset = this.#offsets.get(name) ?? this.addPart(width);
    this.#offsets.set(name, offset);
    return offset;
  }

  /** Whether the key has a row, its own or a shared one. Before anything is written, `claim` makes sure of one. */
  seek(key: string, now: number): boolean {
    this.table = this.#own;
    this.#key = key;
    this.#leaver = undefined;
    return this.#own.find(key) || this.#seekShared(key, now);
  }

  #seekShared(key: string, now: number): boolean {
    const isFull = this.#capacity.isFull(now);
    if (!isFull && this.#shared.size === 0) return false;
    const bucket = `overflow ${hashKey(key) & (OVERFLOW_BUCKETS - 1)}`;
    const isTaken = this.#shared.find(bucket);
    if (!isFull && !isTaken) return false;
    this.table = this.#shared;
    this.#key = bucket;
    if (!isFull) this.#leaver = key;
    return isTaken;
  }

  /** Makes a row for the key of the last `seek`, if it has none, or shares one though there is room. */
  claim(isKnown: boolean): void {
    if (this.#leaver !== undefined) this.#leave(this.#leaver);
    else if (!isKnown) this.#insert();
  }

  /** The entries of a log that stand behind `offset` of the row, or none. */
  tail(offset: number): number[] | undefined {
    return this.table.tails.get(this.#key)?.get(offset);
  }

  setTail(offset: number, tail: number[]): void {
    const { tails } = this.table;
    const ofKey = tails.get(this.#key);
    if (ofKey === undefined) tails.set(this.#key, new Map([[offset, tail]]));
    else ofKey.set(offset, tail);
  }

  /** Removes the key's own row. A shared row stays: it is not this key's alone. */
  delete(key: string): void {
    if (this.#own.delete(key)) this.#capacity.used--;
  }

  /** @returns how many slots it looked at, fewer than asked for if it came round */
  sweep(now: number, slots: number): number {
    const { size } = this.#own;
    const looked = this.#own.sweep(now, slots);
    this.#capacity.used -= size - this.#own.size;
    this.#shared.sweep(now, slots);
    return looked;
  }

  #insert(): void {
    this.#capacity.add(this);
    this.table.insert(this.#key);
    if (this.isShared) this.#capacity.overflow();
    else this.#capacity.take();
  }

  /** A row of its own that says the same as the shared one: nobody gains by leaving. */
  #leave(key: string): void {
    const { segment, slot } = this.#shared;
    const row = segment.rows.slice(slot * segment.width, (slot + 1) * segment.width);
    const tails = this.#shared.tails.get(this.#key);
    this.table = this.#own;
    this.#key = key;
    this.#insert();
    this.table.segment.rows.set(row, this.table.slot * this.table.segment.width);
    for (const [offset, tail] of tails ?? []) this.setTail(offset, tail);
  }
}
