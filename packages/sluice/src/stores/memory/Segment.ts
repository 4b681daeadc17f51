/** The fullest that a segment gets, and how full it is made. */
const FULLEST = 0.85;
const FRESH = 0.7;
const SMALLEST = 8;

/**
 * A small open-addressed hash table with linear probing: for each slot a hash, a key and a row of numbers. A row costs
 * `8 * width + 12` bytes a slot, and nothing on the heap beside the key.
 */
export class Segment {
  size = 0;
  readonly capacity: number;
  readonly width: number;
  /** Where in a row the times stand when its parts equal nothing; those beyond the width are of parts that came later. */
  readonly #ends: readonly number[];
  /** How many leading bits all hashes in here share. */
  readonly depth: number;
  /** 0 is an empty slot. */
  readonly #hashes: Int32Array;
  readonly keys: (string | undefined)[];
  /** The row of slot `s` begins at `s * width`. */
  readonly rows: Float64Array;

  constructor(depth: number, width: number, ends: readonly number[], expected: number) {
    this.depth = depth;
    this.width = width;
    this.#ends = ends;
    this.capacity = Math.max(SMALLEST, Math.ceil(expected / FRESH));
    this.#hashes = new Int32Array(this.capacity);
    this.keys = Array<string | undefined>(this.capacity).fill(undefined);
    this.rows = new Float64Array(this.capacity * width);
  }

  get isFull(): boolean {
    return this.size >= this.capacity * FULLEST;
  }

  get isSparse(): boolean {
    return this.capacity > SMALLEST && this.size < this.capacity / 4;
  }

  /** The slot of a key, or -1. */
  find(hash: number, key: string): number {
    const hashes = this.#hashes;
    const { keys, capacity } = this;
    let slot = homeOf(hash, capacity);
    for (let found = hashes[slot]; found !== 0; found = hashes[slot]) {
      if (found === hash && keys[slot] === key) return slot;
      if (++slot === capacity) slot = 0;
    }
    return -1;
  }

  /** The first of the slots from `slot` to before `end` whose row equals nothing at `now`, or `end`. */
  findOver(slot: number, end: number, now: number): number {
    while (slot < end && (this.#hashes[slot] === 0 || this.#lives(slot * this.width, now))) slot++;
    return slot;
  }

  /** Takes a slot for a key that is not in here. Its row is all zeros. */
  insert(hash: number, key: string): number {
    let slot = homeOf(hash, this.capacity);
    while (this.#hashes[slot] !== 0) slot = this.#next(slot);
    this.#hashes[slot] = hash;
    this.keys[slot] = key;
    this.size++;
    return slot;
  }

  /** Empties a slot, and moves up those that probed past it. */
  remove(slot: number): void {
    let gap = slot;
    for (let next = this.#next(gap); this.#hashes[next] !== 0; next = this.#next(next)) {
      const home = homeOf(this.#hashes[next], this.capacity);
      const stays = gap <= next ? gap < home && home <= next : gap < home || home <= next;
      if (stays) continue;
      this.#hashes[gap] = this.#hashes[next];
      this.keys[gap] = this.keys[next];
      this.rows.copyWithin(gap * this.width, next * this.width, (next + 1) * this.width);
      gap = next;
    }
    this.#hashes[gap] = 0;
    this.keys[gap] = undefined;
    this.rows.fill(0, gap * this.width, (gap + 1) * this.width);
    this.size--;
  }

  /** How many hashes have this bit set. */
  countBit(bit: number): number {
    let count = 0;
    for (const hash of this.#hashes) count += (hash >>> bit) & 1;
    return count;
  }

  /** Copies every entry into the segment that `target` names for its hash. */
  pour(target: (hash: number) => Segment): void {
    for (let slot = 0; slot < this.capacity; slot++) {
      const hash = this.#hashes[slot];
      if (hash === 0) continue;
      const segment = target(hash);
      const at = segment.insert(hash, this.keys[slot]!) * segment.width;
      for (let n = 0; n < this.width; n++) segment.rows[at + n] = this.rows[slot * this.width + n];
    }
  }

  /** Whether any part of the row that begins there lives. */
  #lives(row: number, now: number): boolean {
    const { rows, width } = this;
    const ends = this.#ends;
    for (let i = 0; i < ends.length && ends[i] < width; i++) if (rows[row + ends[i]] > now) return true;
    return false;
  }

  #next(slot: number): number {
    return slot + 1 === this.capacity ? 0 : slot + 1;
  }
}

/**
 * Where the search for a hash begins: its bits mixed, since the leading ones are alike in here, and the upper 16 of them
 * brought down to the capacity.
 */
function homeOf(hash: number, capacity: number): number {
  return Math.imul(Math.imul(hash, 0x9e3779b1) >>> 16, capacity) >>> 16;
}
