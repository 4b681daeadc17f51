const PAUSE_MS = 5;

/** Runs `work` until no other process has the file locked. For the few statements that do not wait by themselves, and can be repeated. */
export function retryWhileLocked(work: () => unknown, timeoutMs: number): void {
  const deadline = performance.now() + timeoutMs;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!String(error).includes("locked") || performance.now() > deadline) throw error;
      Atomics.wait(cell, 0, 0, PAUSE_MS);
    }
  }
}
