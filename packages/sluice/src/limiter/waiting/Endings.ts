import { LimiterClosedError } from "../LimiterClosedError.ts";
import { onAbort } from "./onAbort.ts";

/** What ends the waits of a limiter before their time: that it is closed, or a signal. */
export class Endings {
  readonly #waits = new Set<(reason: unknown) => void>();
  #isClosed = false;

  close(): void {
    this.#isClosed = true;
    for (const end of this.#waits) end(new LimiterClosedError());
  }

  /** @throws LimiterClosedError, or the reason of the signal */
  check(signal: AbortSignal | undefined): void {
    if (this.#isClosed) throw new LimiterClosedError();
    signal?.throwIfAborted();
  }

  /**
   * Calls back once if the limiter is closed or the signal aborted, soon if it is so already.
   * @returns ends that
   */
  onEnd(signal: AbortSignal | undefined, end: (reason: unknown) => void): () => void {
    const aborted = () => ended(signal?.reason);
    const forgetSignal = signal && onAbort(signal, aborted);
    const forget = () => {
      this.#waits.delete(ended);
      forgetSignal?.();
    };
    const ended = (reason: unknown) => {
      if (!this.#waits.has(ended)) return;
      forget();
      end(reason);
    };
    this.#waits.add(ended);
    if (this.#isClosed) queueMicrotask(() => ended(new LimiterClosedError()));
    if (signal?.aborted === true) queueMicrotask(aborted);
    return forget;
  }
}
