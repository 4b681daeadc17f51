import type { CasBackend } from "sluice/cas";
import type { Clock } from "sluice";

interface Entry {
  readonly value: string;
  readonly version: number;
  /** Microseconds. */
  readonly end: number;
}

/** A backend in this process: entries that expire, each write with a version of its own. */
export class MapBackend implements CasBackend<number> {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  #writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    const now = this.#clock();
    for (const [key, { end }] of this.#entries) if (end <= now) this.#entries.delete(key);
    return this.#entries.size;
  }

  get writes(): number {
    return this.#writes;
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  async read(key: string): Promise<Entry | undefined> {
    return this.#find(key);
  }

  async swap(key: string, version: number | undefined, value: string, ttlMs: number): Promise<boolean> {
    if (this.#find(key)?.version !== version) return false;
    this.put(key, value, ttlMs);
    return true;
  }

  put(key: string, value: string, ttlMs: number): void {
    this.#entries.set(key, { value, version: ++this.#writes, end: this.#clock() + ttlMs * 1000 });
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.end > this.#clock()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
