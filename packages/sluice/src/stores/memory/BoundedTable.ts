import { hashKey } from "./hash.ts";
import { Table } from "./Table.ts";

/** How many slots a key that finds the store full looks at for one that equals nothing. */
const PROBES = 64;
const OVERFLOW_BUCKETS = 1024;

/** How many keys the tables of one store may hold together. */
export interface Capacity {
  readonly maxKeys: number;
  used: number;
  /** A key shares a bucket, and there was room before. */
  onOverflow(): void;
  isOverflowing: boolean;
}

/**
 * A table that keeps to the capacity of its store without forgiving anybody: what is live is never evicted, and keys
 * that find no room share the rows of 1,024 overflow buckets.
 */
export class BoundedTable {
  /** Where the last `seek` looked, and under what key. */
  table: Table;
  #key = "";
  readonly #capacity: Capacity;
  readonly #own: Table;
  readonly #shared: Table;

  constructor(capacity: Capacity, width: number) {
    this.#capacity = capacity;
    this.#own = this.table = new Table(width);
    this.#shared = new Table(width);
  }

  get width(): number {
    return this.#own.width;
  }

  get isEmpty(): boolean {
    return this.#own.size === 0 && this.#shared.size === 0;
  }

  /** The last `seek` ended at a row that keys share. */
  get isShared(): boolean {
    return this.table === this.#shared;
  }

  widen(width: number): void {
    this.#own.widen(width);
    this.#shared.widen(width);
  }

  /** Whether the key has a row. If not, `insert` makes it one, its own or a shared one. */
  seek(key: string, now: number): boolean {
    this.table = this.#own;
    this.#key = key;
    if (this.#own.find(key)) return true;
    const isFull = this.#isFull(now);
    if (!isFull && this.#shared.size === 0) return false;
    const bucket = `overflow ${hashKey(key) % OVERFLOW_BUCKETS}`;
    const isTaken = this.#shared.find(bucket);
    if (!isFull && !isTaken) return false;
    this.table = this.#shared;
    this.#key = bucket;
    return isTaken;
  }

  insert(): void {
    this.table.insert(this.#key);
    if (this.isShared) {
      if (!this.#capacity.isOverflowing) this.#capacity.onOverflow();
      this.#capacity.isOverflowing = true;
    } else {
      this.#capacity.used++;
      this.#capacity.isOverflowing = false;
    }
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

  sweep(now: number, slots: number): void {
    this.#capacity.used -= this.#own.sweep(now, slots);
    if (this.#shared.size > 0) this.#shared.sweep(now, slots);
  }

  #isFull(now: number): boolean {
    const capacity = this.#capacity;
    if (capacity.used < capacity.maxKeys) return false;
    this.sweep(now, PROBES);
    return capacity.used >= capacity.maxKeys;
  }
}
