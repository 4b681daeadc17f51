/** What closes in the end, by shape: a socket, or an answer. */
export interface Closing {
  readonly destroyed?: boolean;
  /** Not there in requests that tests make up. */
  once?(event: "close", listener: () => void): unknown;
}

const waiting = new WeakMap<Closing, Set<() => unknown>>();

/**
 * Tells once something has closed, also if it has closed before. Many may wait for one connection, so that one listener
 * serves them all: Node takes more than ten for a leak.
 * @returns stops waiting
 */
export function whenClosed(closing: Closing, tell: () => unknown): () => void {
  if (closing.destroyed === true) {
    tell();
    return nothing;
  }
  if (typeof closing.once !== "function") return nothing;
  const told = waiting.get(closing) ?? listenTo(closing as Required<Closing>);
  told.add(tell);
  return () => void told.delete(tell);
}

function listenTo(closing: Required<Closing>): Set<() => unknown> {
  const told = new Set<() => unknown>();
  waiting.set(closing, told);
  closing.once("close", () => {
    for (const tell of told) tell();
    told.clear();
  });
  return told;
}

function nothing(): void {}
