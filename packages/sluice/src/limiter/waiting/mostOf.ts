import type { Most } from "./stay.ts";
import type { WaitRequest } from "./WaitOptions.ts";

/** What has its turn at the very deadline is in time. Whoever waits for nothing still waits for the store to answer. */
export function mostOf<T>({ timeoutMs }: WaitRequest, late: Most<T>["late"]): Most<T> | undefined {
  return timeoutMs === 0 ? undefined : { ms: timeoutMs + 1, late };
}
