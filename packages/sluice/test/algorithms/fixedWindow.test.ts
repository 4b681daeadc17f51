import { describe, test } from "vitest";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import { fixedWindowModel, testAlgorithm } from "../../src/testing/index.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

for (const anchor of ["clock", "first-call"] as const) {
  testAlgorithm(
    {
      name: `fixedWindow with anchor ${anchor}`,
      limits: (fc) => fc.record({ limit: randomAmount(fc), window: randomWindow(fc) }),
      algorithm: ({ limit, window }) => fixedWindow({ limit, window, anchor }),
      model: ({ limit, window }) => fixedWindowModel({ limit, windowMs: window, anchor }),
      changes: ({ window }, fc) => fc.record({ limit: randomAmount(fc), window: fc.constant(window) }),
    },
    { describe, test },
  );
}
