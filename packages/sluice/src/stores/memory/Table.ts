import { hashKey } from "./hashKey.ts";
import { Segment } from "./Segment.ts";

const LARGEST_SEGMENT = 3000;
const DEEPEST = 16;

/**
 * Keys and rows of numbers, in segments that split when they are full (extendible hashing: Fagin, Nievergelt, Pippenger
 * and Strong, 1979), so that growing never stops the process for more than one small segment. A row has parts, and the first
 * number of each is the time from when on the part equals nothing, in microseconds.
 */
export class Table {
  size = 0;
  /** Where the last `find` or `insert` left its key. */
  segment: Segment;
  slot = -1;
  /** For keys that keep a log: its entries, which stand behind the numbers of their row. By place in the row. */
  readonly tails: Map<string, Map<number, number[]>> = new Map();
  #width = 0;
  readonly #ends: number[] = [];
  /** Of the key that `find` last looked for. */
  #hash = 0;
  #depth = 0;
  #segments: Segment[];
  #handSegment = 0;
  #handSlot = 0;

  constructor() {
    this.segment = new Segment(0, 0, this.#ends, 0);
    this.#segments = [this.segment];
  }

  /**
   * Gives every row a part of so many numbers, zeros at first. Segments follow when they are next used.
   * @returns where in a row it begins
   */
  addPart(width: number): number {
    const start = this.#width;
    this.#ends.push(start);
    this.#width += width;
    return start;
  }

  find(key: string): boolean {
    const hash = (this.#hash = hashKey(key) || 1);
    this.segment = this.#segmentOf(hash);
    this.slot = this.segment.find(hash, key);
    return this.slot >= 0;
  }

  /** Adds a key that the last `find` did not find. */
  insert(key: string): void {
    const hash = this.#hash;
    let segment = this.#segmentOf(hash);
    while (segment.isFull) {
      this.#grow(segment, this.#indexOf(hash));
      segment = this.#segmentOf(hash);
    }
    this.segment = segment;
    this.slot = segment.insert(hash, key);
    this.size++;
  }

  delete(key: string): boolean {
    if (!this.find(key)) return false;
    this.#remove(this.segment, this.slot);
    return true;
  }

  /**
   * Looks at the next `slots` slots, and removes the rows that equal nothing at `now`. It goes on where the last sweep
   * ended, and ends where the table ends.
   * @returns how many it looked at, fewer than asked for if it came round
   */
  sweep(now: number, slots: number): number {
    let looked = 0;
    while (looked < slots && this.size > 0) {
      const segment = this.#segments[this.#handSegment];
      if (segment === undefined || this.#handSlot >= segment.capacity) {
        if (this.#moveHand(segment)) break;
        continue;
      }
      const end = Math.min(segment.capacity, this.#handSlot + slots - looked);
      const over = segment.findOver(this.#handSlot, end, now);
      looked += Math.min(over + 1, end) - this.#handSlot;
      this.#handSlot = over;
      if (over < end) this.#remove(segment, over);
    }
    return looked;
  }

  /** To the next segment. @returns whether that is the first again */
  #moveHand(segment: Segment | undefined): boolean {
    this.#handSlot = 0;
    if (segment?.isSparse) this.#resize(segment, this.#handSegment, segment.size);
    this.#handSegment += segment === undefined ? 0 : this.#spanOf(segment);
    if (this.#handSegment < this.#segments.length) return false;
    this.#handSegment = 0;
    return true;
  }

  #remove(segment: Segment, slot: number): void {
    if (this.tails.size > 0) this.tails.delete(segment.keys[slot]!);
    segment.remove(slot);
    this.size--;
    if (this.size > 0) return;
    this.#depth = 0;
    this.#segments = [new Segment(0, this.#width, this.#ends, 0)];
    this.#handSegment = this.#handSlot = 0;
  }

  #segmentOf(hash: number): Segment {
    const index = this.#indexOf(hash);
    const segment = this.#segments[index];
    return segment.width === this.#width ? segment : this.#resize(segment, index, segment.size);
  }

  /** The first `depth` bits. Two shifts, since one by 32 does nothing. */
  #indexOf(hash: number): number {
    return (hash >>> 1) >>> (31 - this.#depth);
  }

  #grow(segment: Segment, index: number): void {
    if (segment.size < LARGEST_SEGMENT || segment.depth === DEEPEST)
      this.#resize(segment, index, segment.size + 1);
    else if (segment.depth < this.#depth) this.#split(segment, index);
    else {
      this.#segments = this.#segments.flatMap((each) => [each, each]);
      this.#depth++;
      this.#handSegment *= 2;
      this.#split(segment, index * 2);
    }
  }

  #resize(segment: Segment, index: number, expected: number): Segment {
    const resized = new Segment(segment.depth, this.#width, this.#ends, expected);
    const span = this.#spanOf(segment);
    this.#place(resized, index - (index % span), span);
    segment.pour(() => resized);
    return resized;
  }

  /** Puts two segments, one bit deeper, in the place of one. */
  #split(segment: Segment, index: number): void {
    const bit = 31 - segment.depth;
    const ones = segment.countBit(bit);
    const zero = new Segment(segment.depth + 1, this.#width, this.#ends, segment.size - ones);
    const one = new Segment(segment.depth + 1, this.#width, this.#ends, ones);
    const span = this.#spanOf(segment) / 2;
    const first = index - (index % (2 * span));
    this.#place(zero, first, span);
    this.#place(one, first + span, span);
    segment.pour((hash) => ((hash >>> bit) & 1 ? one : zero));
  }

  /** How many places in the directory are the segment's. */
  #spanOf(segment: Segment): number {
    return 1 << (this.#depth - segment.depth);
  }

  #place(segment: Segment, first: number, span: number): void {
    this.#segments.fill(segment, first, first + span);
  }
}
