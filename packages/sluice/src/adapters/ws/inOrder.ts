/** What can be told to send no more for a while. */
interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * Handles one thing after the other, in order of arrival. While some wait the flow is paused, so that no more wait than what
 * was on its way already.
 * @param handle never rejects
 */
export function inOrder<T extends object>(flow: Flow, handle: (item: T) => Promise<void>): (item: T) => void {
  const waiting: T[] = [];
  let isBusy = false;
  let isPaused = false;

  async function work(first: T): Promise<void> {
    isBusy = true;
    for (let item: T | undefined = first; item !== undefined; item = waiting.shift()) await handle(item);
    isBusy = false;
    if (isPaused) flow.resume();
    isPaused = false;
  }

  return (item) => {
    if (!isBusy) {
      void work(item);
      return;
    }
    waiting.push(item);
    if (!isPaused) flow.pause();
    isPaused = true;
  };
}
