import type { Log } from "./Log.ts";
import type { Serving } from "./serve.ts";

/** One press of Ctrl-C may come twice: from the terminal, and again from npm. */
const ONE_PRESS_MS = 300;

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs until SIGINT or SIGTERM, then closes; a second one ends it at once. SIGHUP reads the rules again.
 * @returns when everything is closed
 */
export async function runUntilSignal(serving: Serving, log: Log): Promise<void> {
  if (process.platform !== "win32") process.on("SIGHUP", () => void serving.reload());
  await new Promise<void>((resolve) => {
    let since: number | undefined;
    const end = (signal: keyof typeof NUMBERS) => {
      if (since === undefined) {
        since = performance.now();
        log.say(`${signal}: closing ...`);
        resolve();
      } else if (performance.now() - since > ONE_PRESS_MS) {
        process.exit(128 + NUMBERS[signal]);
      }
    };
    process.on("SIGINT", end);
    process.on("SIGTERM", end);
  });
  await serving.close();
  log.say("closed.");
}
