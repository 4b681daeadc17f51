/** Tells that the client has gone, also if it has gone before; perhaps twice. */
export function whenGone({ signal }: Request, tell: () => unknown): void {
  // Not every runtime has one.
  if (signal?.aborted) tell();
  else signal?.addEventListener("abort", () => void tell(), { once: true });
}
