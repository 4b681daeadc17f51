import { writeSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with the line "N passed, N failed, N skipped". A file that fails outside its tests counts as one failure. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state]++;
        if (state === "failed") failedHere++;
      }
      if (module.state() === "failed" && failedHere === 0) count.failed++;
    }
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`;
    // On exit, because coverage and teardown messages come after this event.
    process.once("exit", () => writeSync(1, line));
  }
}
