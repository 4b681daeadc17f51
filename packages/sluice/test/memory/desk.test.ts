import { describe, expect, test } from "vitest";
import { adaptive } from "../../src/algorithms/adaptive/adaptive.ts";
import { fixedWindow } from "../../src/algorithms/window/fixedWindow.ts";
import type { LimitOptions } from "../../src/algorithms/Limit.ts";
import { createDesk } from "../../src/stores/inProcess/Desk.ts";
import { decide } from "../../src/stores/inProcess/decide.ts";
import type { Costs, Mode, Plan } from "../../src/stores/Store.ts";

const NOW = 1_767_225_600_000_000;
const SECOND = 1_000_000;

/** What a decision would have a store write, of a key that has spent `used` of 3 at `time` and is blocked since then. */
function writes(
  { used = 0, time = NOW, blockedFor = 0, blockFor = 0, ...options }: Situation,
  costs: Costs,
  mode: Mode = "consume",
): { states: boolean; block: boolean } {
  const limits = [fixedWindow({ limit: 3, window: "1m", ...options })];
  const plan: Plan = { namespace: "a", pool: "a", limits, block: { scope: "", duration: blockFor } };
  const desk = createDesk(plan);
  desk.before[0] = [time, used, 0];
  if (blockedFor > 0) [desk.block[0], desk.block[1]] = [time, blockedFor];
  decide(plan, desk, NOW, costs, mode);
  return { states: desk.changed, block: desk.blockChanged };
}

interface Situation extends LimitOptions {
  used?: number;
  time?: number;
  blockedFor?: number;
  blockFor?: number;
}

const NOTHING = { states: false, block: false };

test("a decision writes a shared time that it repaired, though the key's own was right, and it is refused", () => {
  const limit = adaptive({ limit: 1, window: "1m", burstMultiplier: 1, load: "shared", loadLimit: "9/m" });
  const plan: Plan = { namespace: "a", pool: "a", limits: [limit], block: { scope: "", duration: 0 } };
  const desk = createDesk(plan);
  const { unit } = limit.params;
  desk.before[0] = [NOW, unit, unit, 1, 0, NOW + SECOND, 1, 0];
  decide(plan, desk, NOW, 1, "consume");
  expect(desk).toMatchObject({ changed: true, outcome: { allowed: false } });
  expect(desk.after[0][5]).toBe(NOW);
});

describe("a decision writes", () => {
  test("states when it charges", () => {
    expect(writes({}, 1)).toEqual({ states: true, block: false });
    expect(writes({ used: 3, dryRun: true }, 1)).toEqual(NOTHING);
  });

  test("nothing when it is refused, peeked at, costs nothing, or can never pass", () => {
    expect(writes({ used: 3 }, 1)).toEqual(NOTHING);
    expect(writes({}, 1, "peek")).toEqual(NOTHING);
    expect(writes({ used: 1 }, 0)).toEqual(NOTHING);
    expect(writes({ used: 3, countDenied: true, blockFor: SECOND }, 4)).toEqual(NOTHING);
  });

  test("nothing while the key is blocked, whatever counts what is refused", () => {
    expect(writes({ used: 3, countDenied: true, blockedFor: SECOND, blockFor: SECOND }, 1)).toEqual(NOTHING);
  });

  test("a refusal that is counted, and a block that begins", () => {
    expect(writes({ used: 2, countDenied: true }, 2)).toEqual({ states: true, block: false });
    expect(writes({ used: 2, countDenied: true }, 2, "peek")).toEqual(NOTHING);
    expect(writes({ used: 3, blockFor: SECOND }, 1)).toEqual({ states: false, block: true });
    expect(writes({ used: 3, blockFor: SECOND }, 1, "peek")).toEqual(NOTHING);
  });

  test("times that it repaired, also when it is refused or costs nothing", () => {
    const later = { time: NOW + SECOND };
    expect(writes({ ...later, used: 3 }, 1)).toEqual({ states: true, block: false });
    expect(writes({ ...later, used: 1 }, 0)).toEqual({ states: true, block: false });
    expect(writes({ ...later, used: 3, blockedFor: SECOND }, 1)).toEqual({ states: true, block: true });
    expect(writes({ ...later, used: 3 }, 1, "peek")).toEqual(NOTHING);
  });
});
