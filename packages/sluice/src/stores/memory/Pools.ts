import type { Limit } from "../../algorithms/Limit.ts";
import type { Plan } from "../Store.ts";
import { slotName } from "../../algorithms/slotName.ts";
import { BoundedTable, type Capacity } from "./BoundedTable.ts";

/** One pool: a row for each key, and where in it the numbers of each limit stand. */
export interface Pool {
  readonly rows: BoundedTable;
  readonly offsets: Map<string, number>;
}

/** The pools of one memory store, and the blocks of its namespaces. */
export class Pools {
  /** A row is `[until, time, duration]`, under namespace, scope and key. */
  readonly blocks: BoundedTable;
  readonly #pools = new Map<string, Pool>();
  readonly #capacity: Capacity;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
    this.blocks = new BoundedTable(capacity, 3);
  }

  poolOf({ namespace, pool }: Plan): Pool {
    const name = JSON.stringify([namespace, pool]);
    let found = this.#pools.get(name);
    if (found === undefined) this.#pools.set(name, (found = { rows: new BoundedTable(this.#capacity, 1), offsets: new Map() }));
    return found;
  }

  clear(): void {
    this.#pools.clear();
  }
}

/** Where the numbers of a limit begin in the rows of a pool; makes room for them if the pool did not know the limit. */
export function offsetOf({ rows, offsets }: Pool, limit: Limit): number {
  const name = slotName(limit);
  const known = offsets.get(name);
  if (known !== undefined) return known;
  const offset = rows.width;
  offsets.set(name, offset);
  rows.widen(offset + limit.machine.width);
  return offset;
}
