import type { Timer } from "../../stores/Clock.ts";

/** `setTimeout` fires at once beyond this. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The time of this process, which goes on while anybody waits by it. */
export const hostTimer: Timer = makeTimer(() => {});

/** The time of this process, which may end meanwhile. */
export const idleTimer: Timer = makeTimer((timeout) => {
  if (typeof timeout === "object") timeout.unref();
});

function makeTimer(set: (timeout: ReturnType<typeof setTimeout>) => void): Timer {
  return {
    get now() {
      return performance.now();
    },
    after(ms, callback) {
      const end = performance.now() + ms;
      let timeout: ReturnType<typeof setTimeout>;
      const sleep = () => {
        const left = end - performance.now();
        if (left <= 0) return callback();
        timeout = setTimeout(sleep, Math.min(Math.ceil(left), LONGEST_TIMEOUT_MS));
        set(timeout);
      };
      sleep();
      return () => clearTimeout(timeout);
    },
  };
}
