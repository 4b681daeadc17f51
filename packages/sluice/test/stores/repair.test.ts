import { describe, expect, it } from "vitest";
import { adaptive, type AdaptiveOptions, memoryStore, rateLimiter } from "sluice";

/** An edge of the load window. */
const EDGE = 1_800_000_000_000_000;

describe("a clock that steps back over an edge", () => {
  const shared = { load: "shared", loadLimit: "100/s" } as const;
  it.each([
    ["of one key", "a", {}],
    ["of all keys", "b", shared],
  ] as const)("leaves the load %s as it was", (_, other: string, load: Partial<AdaptiveOptions>) => {
    let now = EDGE;
    const store = memoryStore({ clock: () => now });
    const limits = adaptive({ limit: 100, window: "1s", loadWindow: "10s", ...load });
    const limiter = rateLimiter({ limits, store });
    limiter.consumeSync("a", { cost: 50 });
    const loadOf = (key: string) => limiter.peekSync(key, { cost: 0 }).limits[0].details.load;
    const before = loadOf(other);
    expect(before).toBe(0.05);
    now = EDGE - 1;
    expect(loadOf(other)).toBe(before);
  });

  it.each([
    ["of its own", {}],
    ["of all keys", shared],
  ] as const)(
    "gives nothing of the window before back, with a load %s",
    (_, load: Partial<AdaptiveOptions>) => {
      let now = EDGE - 1_000_000;
      const store = memoryStore({ clock: () => now });
      const limits = adaptive({ limit: 100, window: "1s", loadWindow: "1s", penalty: 0, ...load });
      const limiter = rateLimiter({ limits, store });
      const look = (key: string) => {
        const [{ details, remaining }] = limiter.peekSync(key, { cost: 0 }).limits;
        return { ...details, remaining };
      };
      limiter.consumeSync("a", { cost: 60 });
      now = EDGE;
      limiter.consumeSync("a", { cost: 30 });
      const [before, beforeOfOther] = [look("a"), look("b")];
      expect(before).toMatchObject({ windowCount: 90, load: 0.9 });
      now = EDGE - 1;
      expect(look("a")).toEqual(before);
      expect(look("b")).toEqual(beforeOfOther);
      // Whoever else is served first: what is shared has the time of now then, and the key still its own.
      limiter.consumeSync("b");
      expect(look("a")).toMatchObject({ windowCount: 90 });
      limiter.consumeSync("a");
      expect(look("a")).toMatchObject({ windowCount: 91 });
    },
  );
});
