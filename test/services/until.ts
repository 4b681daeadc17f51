import { setTimeout as pass } from "node:timers/promises";

/** Asks again until it is so: servers tell each other in their own time. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so after 20 s: ${isSo.toString()}`);
    await pass(20);
  }
}
