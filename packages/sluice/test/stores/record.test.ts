import { describe, expect, it } from "vitest";
import { fixedWindow, slidingLog, slidingWindow, type Mode, type Plan } from "sluice";
import { recordDesk } from "../../src/stores/inProcess/recordDesk.ts";
import { EMPTY_RECORD, expiryOf, parseRecord, readSlot, writeSlots } from "../../src/stores/record.ts";
import { slotId } from "../../src/stores/slotId.ts";

const NOW = 1_800_000_000_000_000;

describe("a record", () => {
  it("keeps slots it does not know, and drops those that expired", () => {
    const record = [1, 7, NOW + 5, 2, 70, 71, 8, NOW, 1, 80, 9, NOW + 1, 1, 90];
    const written = writeSlots(record, [{ id: 9, expires: NOW + 9, state: [91, 92] }], NOW);
    expect(written).toEqual([1, 7, NOW + 5, 2, 70, 71, 9, NOW + 9, 2, 91, 92]);
    expect(expiryOf(written)).toBe(NOW + 9);
  });

  it("is empty when nothing in it lives", () => {
    const written = writeSlots([1, 7, NOW, 1, 1], [{ id: 8, expires: NOW, state: [1] }], NOW);
    expect(written).toEqual(EMPTY_RECORD);
    expect(expiryOf(written)).toBe(0);
  });

  it("reads what is missing, expired or shorter as zeros", () => {
    const record = [1, 7, NOW + 1, 2, 70, 71, 8, NOW, 1, 80];
    const read = (id: number, grows = false) => {
      const state = [5, 5, 5];
      readSlot(record, id, NOW, state, 0, 3, grows);
      return state;
    };
    expect([read(7), read(8), read(9)]).toEqual([
      [70, 71, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("reads a slot that grows to its end, and no further", () => {
    const state = [1, 2, 3, 4, 5, 6, 7];
    readSlot([1, 7, NOW + 1, 5, 10, 11, 12, 13, 14], 7, NOW, state, 0, 3, true);
    expect(state).toEqual([10, 11, 12, 13, 14]);
    readSlot(EMPTY_RECORD, 7, NOW, state, 0, 3, true);
    expect(state).toEqual([0, 0, 0]);
  });

  it("of another version is an error, never an empty record", () => {
    expect(parseRecord("[1,7,5,0]")).toEqual([1, 7, 5, 0]);
    expect(() => parseRecord("[2]")).toThrow(expect.objectContaining({ code: "UNKNOWN_RECORD_VERSION" }));
  });

  it("that is none is somebody else's, and no outage", () => {
    for (const text of ["", "oops", "[1", "[]", "{}", "null", '"1"', '["1"]'])
      expect(() => parseRecord(text)).toThrow(expect.objectContaining({ code: "STORE_MISCONFIGURED" }));
  });
});

describe("a slot", () => {
  it("has the first 48 bits of the hash of its name", () => {
    // printf 'sliding-window/60000/' | sha256sum
    expect(slotId(slidingWindow({ limit: 100, window: "1m" }))).toBe(0x7cd881157b40);
    expect(slotId(slidingWindow({ limit: 5, window: "1m" }))).toBe(
      slotId(slidingWindow({ limit: 100, window: "1m" })),
    );
    const named = slidingWindow({ limit: 100, window: "1m", name: "a" });
    expect(slotId(named)).not.toBe(slotId(slidingWindow({ limit: 100, window: "1m" })));
  });
});

describe("a decision over records", () => {
  const plan: Plan = {
    namespace: "n",
    pool: "p",
    limits: [fixedWindow({ limit: 2, window: "1s" }), slidingLog({ limit: 3, window: "1s" })],
    block: { scope: "", duration: 5_000_000 },
  };
  const [fixed, log] = plan.limits.map(slotId);
  const start = NOW + 250_000;

  it("writes what it charges, and starts a block", () => {
    const { decide, records } = worldOf(plan);
    expect(decide(start, 1, "peek").allowed).toBe(true);
    expect(records.states[0]).toBe(EMPTY_RECORD);
    expect(decide(start, 2).allowed).toBe(true);
    const expected = [1, fixed, NOW + 1_000_000, 3, NOW, 2, 0, log, start + 1_000_000, 4, start, 2, 0, 2];
    expect(records.states).toEqual([expected]);
    expect(decide(start, 1)).toMatchObject({ allowed: false, blocked: false });
    expect(records.block).toEqual([1, 0, start + 5_000_000, 2, start, 5_000_000]);
    expect(decide(start + 4_999_999, 1)).toMatchObject({ blocked: true, blockedFor: 1 });
    expect(decide(start + 5_000_000, 1).allowed).toBe(true);
  });

  it("repairs a clock that stepped back, once, with its expiry", () => {
    const { decide, records } = worldOf({ ...plan, block: { scope: "", duration: 0 } });
    decide(start, 2);
    const before = records.states;
    expect(decide(start - 1, 3, "peek").allowed).toBe(false);
    expect(records.states).toBe(before);
    const back = start - 1_000_000;
    expect(decide(back, 3).allowed).toBe(false);
    const expected = [1, fixed, NOW, 3, NOW - 1_000_000, 2, 0, log, back + 1_000_000, 4, back, 2, 0, 2];
    expect(records.states).toEqual([expected]);
  });
});

function worldOf(plan: Plan) {
  const desk = recordDesk(plan);
  const records = { states: [EMPTY_RECORD], shared: EMPTY_RECORD, block: EMPTY_RECORD };
  const decide = (now: number, cost: number, mode: Mode = "consume") => {
    const { outcome, changed } = desk.decide(records, now, cost, mode);
    Object.assign(records, changed);
    return outcome;
  };
  return { decide, records };
}
