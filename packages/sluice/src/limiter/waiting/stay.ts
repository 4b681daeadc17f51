import type { Timer } from "../../stores/Clock.ts";
import type { Endings } from "./Endings.ts";

/** What ends a wait that is not answered before. */
export interface Ends {
  readonly timer: Timer;
  readonly endings: Endings;
}

/** How long somebody waits, in milliseconds, and what it is told after that. */
export interface Most<T> {
  readonly ms: number;
  readonly late: () => T | Promise<T>;
}

/** How somebody waits for an answer. */
export interface Stay<T> {
  readonly signal: AbortSignal | undefined;
  /** Default: until the answer comes. */
  readonly most?: Most<T> | undefined;
  /** It has gone before the answer came. */
  left(): void;
}

/**
 * Waits for an answer, until the time is over, the limiter is closed, or the signal is aborted.
 * @param ask takes what a promise is made with
 */
export function stay<T>(
  { timer, endings }: Ends,
  { signal, most, left }: Stay<T>,
  ask: (resolve: (answer: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = () => {
      forget();
      stop?.();
    };
    const forget = endings.onEnd(signal, (reason) => {
      over();
      left();
      reject(reason);
    });
    const stop =
      most &&
      timer.after(most.ms, () => {
        over();
        left();
        resolve(most.late());
      });
    ask(
      (answer) => (over(), resolve(answer)),
      (error) => (over(), reject(error)),
    );
  });
}
