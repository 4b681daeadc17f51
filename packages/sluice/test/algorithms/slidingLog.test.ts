import { describe, test } from "vitest";
import { slidingLog } from "../../src/algorithms/log/slidingLog.ts";
import { slidingLogModel, testAlgorithm } from "../../src/testing/index.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

const maxEntries = 1_000_000;

testAlgorithm(
  {
    name: "slidingLog",
    limits: (fc) => fc.record({ limit: randomAmount(fc, 0, maxEntries), window: randomWindow(fc) }),
    algorithm: ({ limit, window }) => slidingLog({ limit, window, maxEntries }),
    model: ({ limit, window }) => slidingLogModel({ limit, windowMs: window }),
    changes: ({ window }, fc) => fc.record({ limit: randomAmount(fc, 0, maxEntries), window: fc.constant(window) }),
  },
  { describe, test },
);
