import type { Store } from "sluice";
import type { Log } from "./Log.ts";

/** Tells when a memory store is full, so that clients may be refused for what others used, and when it has room again. */
export function tellCapacity({ events }: Store, log: Log): void {
  events?.on("capacity", ({ degraded, maxKeys }) =>
    log.complain(
      degraded === false
        ? "sluice: the memory store has room again"
        : `sluice: the memory store is full: ${maxKeys} keys; new ones share counters until others are over`,
    ),
  );
}
