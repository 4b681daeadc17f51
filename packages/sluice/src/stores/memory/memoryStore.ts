import { checkFunction } from "../../errors/checkFunction.ts";
import { checkOptions } from "../../errors/checkOptions.ts";
import { checkWhole } from "../../errors/checkWhole.ts";
import { StoreError } from "../../errors/StoreError.ts";
import { EventStream } from "../../events/EventStream.ts";
import { tell } from "../../events/tell.ts";
import { checkClock, type Clock, timerOf } from "../Clock.ts";
import type { SyncStore } from "../Store.ts";
import { monotonicClock } from "./monotonicClock.ts";
import { Pools } from "./Pools.ts";
import { prepareInMemory } from "./prepareInMemory.ts";

/** The options of `memoryStore`. */
export interface MemoryStoreOptions {
  /**
   * How many keys may be kept, over all pools: a whole number from 1 to 16,777,216. Default 1,000,000, about 60 MB and
   * the keys themselves. When it is full, new keys share 1,024 strict buckets of their pool, and their decisions say
   * `degraded: "overflow"`; nobody who was refused is ever let in by it. As many blocks are kept beside them, and as many
   * reservations and permits: when those are full, settled ones are forgotten first, and then new ones say
   * `degraded: "overflow"` and are charged, but not remembered.
   */
  maxKeys?: number | undefined;
  /** The time in microseconds since the epoch. Default: the process's monotonic clock. For tests: `manualClock()`. */
  clock?: Clock | undefined;
  /** Called when something first finds the store full, and again only after a sixteenth was free in between. */
  onOverflow?: ((event: { maxKeys: number }) => void) | undefined;
}

/**
 * State in this process: synchronous, bounded, without timers. Idle keys leave by themselves, a few looked at with each
 * decision. Limits hold within one process; several processes each have their own.
 *
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function memoryStore(options: MemoryStoreOptions = {}): SyncStore {
  checkOptions("memoryStore", options, ["maxKeys", "clock", "onOverflow"]);
  const { maxKeys = 1_000_000, clock = monotonicClock, onOverflow } = options;
  checkWhole("memoryStore", "maxKeys", maxKeys, 2 ** 24);
  checkClock("memoryStore", clock);
  checkFunction("memoryStore", "onOverflow", onOverflow);
  const events = new EventStream();
  // Later, so that a listener can neither spoil nor fail the decision.
  const told = (isOverflowing: boolean) =>
    queueMicrotask(() => {
      events.emit({ type: "capacity", degraded: isOverflowing && "overflow", maxKeys });
      if (isOverflowing && onOverflow !== undefined) void tell("onOverflow", onOverflow, { maxKeys });
    });
  const pools = new Pools(maxKeys, told);
  let closed = false;
  const now = () => {
    if (closed) throw new StoreError("STORE_CLOSED", "this memory store was closed");
    return clock();
  };
  return {
    events,
    timer: timerOf(clock),
    prepare: (plan) => prepareInMemory(plan, pools, now),
    ping: async () => void now(),
    close: async () => {
      closed = true;
      pools.clear();
    },
  };
}
