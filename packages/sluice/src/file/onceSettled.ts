/** How long nothing must have been noted: an editor, or a program that writes line by line, is done then. */
const SETTLE_MS = 100;

/** After the first note of several. Something may happen all the time, as where a log lies in the same folder. */
const LONGEST_MS = 2000;

/** What waits until nothing happens any more. */
export interface Settling {
  note(): void;
  cancel(): void;
}

/**
 * Works once after what was noted has settled: 100 ms after the last note, and at most 2 s after the first. Keeps no process
 * alive.
 */
export function onceSettled(work: () => void): Settling {
  let timer: NodeJS.Timeout | undefined;
  let longest: NodeJS.Timeout | undefined;
  const cancel = () => {
    clearTimeout(timer);
    clearTimeout(longest);
    longest = undefined;
  };
  const finish = () => {
    cancel();
    work();
  };
  return {
    note() {
      clearTimeout(timer);
      timer = setTimeout(finish, SETTLE_MS).unref();
      longest ??= setTimeout(finish, LONGEST_MS).unref();
    },
    cancel,
  };
}
