/** How many slots a key that finds the store full looks at for one that equals nothing. */
const PROBES = 64;
/** How many tables one sweep visits at most: empty ones cost time, too. */
const VISITED = 4;
/** A store that is this full has room again. A key that leaves a full one is no news: the next takes its place. */
const ROOM = 15 / 16;

/** A table that takes part in the room of its store. */
export interface Sweepable {
  /** @returns how many slots it looked at, fewer than asked for if it came round */
  sweep(now: number, slots: number): number;
}

/** How many rows some tables of one store hold together, and the hand that goes round all of them. */
export class Capacity {
  readonly maxKeys: number;
  used = 0;
  /** Something found no room, and there has been none to speak of since. */
  isOverflowing = false;
  readonly #onChange: (isOverflowing: boolean) => void;
  readonly #tables: Sweepable[] = [];
  #hand = 0;

  /** @param onChange told when `isOverflowing` changes */
  constructor(maxKeys: number, onChange: (isOverflowing: boolean) => void) {
    this.maxKeys = maxKeys;
    this.#onChange = onChange;
  }

  add(table: Sweepable): void {
    this.#tables.push(table);
  }

  /** Whether there is no room for another key, even after looking for rows that equal nothing at `now`. */
  isFull(now: number): boolean {
    if (this.used < this.maxKeys) return false;
    this.sweep(now, PROBES);
    return this.used >= this.maxKeys;
  }

  /** Removes rows that equal nothing at `now` among the next slots of all tables, round and round. */
  sweep(now: number, slots: number): void {
    let left = slots;
    const visits = Math.min(VISITED, this.#tables.length);
    for (let visited = 0; left > 0 && visited < visits; visited++) {
      left -= this.#tables[this.#hand].sweep(now, left);
      if (left > 0) this.#hand = (this.#hand + 1) % this.#tables.length;
    }
  }

  /** Something finds no room. Told once, until there was room in between. */
  overflow(): void {
    if (!this.isOverflowing) this.#change(true);
  }

  /** Something has got a row of its own. */
  take(): void {
    if (this.isOverflowing && this.used <= this.maxKeys * ROOM) this.#change(false);
    this.used++;
  }

  #change(isOverflowing: boolean): void {
    this.isOverflowing = isOverflowing;
    this.#onChange(isOverflowing);
  }
}
