/** Lets everything happen that needs no time. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What has become of a promise so far. */
export interface Watched<T> {
  state: "pending" | "resolved" | "rejected";
  value?: T;
  reason?: unknown;
}

/** Watches a promise without waiting for it; its rejection is taken care of. */
export function watch<T>(promise: Promise<T>): Watched<T> {
  const watched: Watched<T> = { state: "pending" };
  promise.then(
    (value) => Object.assign(watched, { state: "resolved", value }),
    (reason: unknown) => Object.assign(watched, { state: "rejected", reason }),
  );
  return watched;
}
