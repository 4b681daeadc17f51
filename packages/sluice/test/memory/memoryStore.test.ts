import { describe, test } from "vitest";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import { manualClock, testStore } from "../../src/testing/index.ts";

testStore(
  () => {
    const clock = manualClock();
    return { store: memoryStore({ clock }), clock };
  },
  { describe, test },
  { name: "memoryStore", runs: 1000 },
);

testStore(
  () => ({ store: memoryStore() }),
  { describe, test },
  { name: "memoryStore at its own clock", runs: 200 },
);
