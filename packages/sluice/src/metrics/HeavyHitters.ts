/** A key that came often. */
export interface HeavyHitter {
  readonly key: string;
  /** How often it came: never fewer than it did. */
  readonly count: number;
  /** By how much `count` may be too high. */
  readonly error: number;
}

interface Entry extends HeavyHitter {
  key: string;
  count: number;
  error: number;
  place: number;
}

/**
 * Counts the keys that come most, in a bounded number of entries: Space-Saving (A. Metwally, D. Agrawal, A. El Abbadi,
 * "Efficient computation of frequent and top-k elements in data streams", ICDT 2005). A key that finds no entry takes that
 * of the key that came least, with its count, which is how far its own may be too high.
 *
 * Of n that came, in k entries: no count is too low, none is too high by more than n / k, and every key that came more than
 * n / k times has an entry. While there were at most k keys all counts are exact.
 */
export class HeavyHitters {
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry>();
  /** The same as a heap: none came less often than the one at half its place. */
  readonly #heap: Entry[] = [];
  /** How often a key without an entry may have come. */
  #floor = 0;

  /** @param capacity how many entries, at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(key: string): void {
    const entry = this.#entries.get(key) ?? this.#enter(key);
    entry.count++;
    this.#sink(entry);
  }

  get(key: string): HeavyHitter | undefined {
    return this.#entries.get(key);
  }

  /** By how much the count of a key may be too high; without an entry, how often it may have come. */
  errorOf(key: string): number {
    return this.#entries.get(key)?.error ?? this.#floor;
  }

  /** All entries, in no order. */
  all(): readonly HeavyHitter[] {
    return this.#heap;
  }

  /** The entries with the highest counts, highest first. */
  top(most: number): HeavyHitter[] {
    return this.#heap.toSorted((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)).slice(0, most);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const last = this.#heap.pop()!;
    if (last === entry) return;
    this.#put(last, entry.place);
    this.#rise(last);
    this.#sink(last);
  }

  clear(): void {
    this.#entries.clear();
    this.#heap.length = 0;
    this.#floor = 0;
  }

  #enter(key: string): Entry {
    if (this.#heap.length < this.#capacity) return this.#enterNew(key);
    const least = this.#heap[0];
    this.#entries.delete(least.key);
    this.#floor = least.count;
    least.key = key;
    least.error = least.count;
    this.#entries.set(key, least);
    return least;
  }

  #enterNew(key: string): Entry {
    const entry: Entry = { key, count: this.#floor, error: this.#floor, place: this.#heap.length };
    this.#entries.set(key, entry);
    this.#heap.push(entry);
    this.#rise(entry);
    return entry;
  }

  #rise(entry: Entry): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1];
      if (parent.count <= entry.count) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      if (left === undefined) return;
      const right = this.#heap[2 * entry.place + 2];
      const least = right !== undefined && right.count < left.count ? right : left;
      if (entry.count <= least.count) return;
      this.#swap(entry, least);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const { place } = a;
    this.#put(a, b.place);
    this.#put(b, place);
  }

  #put(entry: Entry, place: number): void {
    entry.place = place;
    this.#heap[place] = entry;
  }
}
