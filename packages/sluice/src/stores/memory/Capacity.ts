/** How many slots a key that finds the store full looks at for one that equals nothing. */
const PROBES = 64;
/** How many tables one sweep visits at most: small ones cost time, too. */
const VISITED = 4;
/** A store that is this full has room again. A key that leaves a full one is no news: the next takes its place. */
const ROOM = 15 / 16;

/** A table that takes part in the room of its store. */
export interface Sweepable {
  readonly isEmpty: boolean;
  /** The hand comes by here. */
  isSwept: boolean;
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
  /** Those that held something when the hand last came by: however many are empty, it does not look for room in them. */
  readonly #tables: Sweepable[] = [];
  #hand = 0;

  /** @param onChange told when `isOverflowing` changes */
  constructor(maxKeys: number, onChange: (isOverflowing: boolean) => void) {
    this.maxKeys = maxKeys;
    this.#onChange = onChange;
  }

  /** Something is put into a table. */
  add(table: Sweepable): void {
    if (table.isSwept) return;
    table.isSwept = true;
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
      const table = this.#tables[this.#hand];
      left -= table.sweep(now, left);
      if (table.isEmpty) this.#leaveOut(table);
      else if (left > 0) this.#hand++;
      if (this.#hand === this.#tables.length) this.#hand = 0;
    }
  }

  /** The table at the hand, in whose place comes the last. */
  #leaveOut(table: Sweepable): void {
    table.isSwept = false;
    const last = this.#tables.pop()!;
    if (last !== table) this.#tables[this.#hand] = last;
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
