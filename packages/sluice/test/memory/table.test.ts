import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashKey } from "../../src/stores/memory/hashKey.ts";
import { Segment } from "../../src/stores/memory/Segment.ts";
import { Table } from "../../src/stores/memory/Table.ts";

/** Rows are `[until, value, ...zeros]`, the zeros in parts of their own. */
type Expected = Map<string, { until: number; value: number }>;

/** A table whose rows have one part of two numbers. */
function tableOfTwo(): Table {
  const table = new Table();
  table.addPart(2);
  return table;
}

function put(table: Table, key: string, until: number, value: number): void {
  if (!table.find(key)) table.insert(key);
  const at = table.slot * table.segment.width;
  table.segment.rows[at] = until;
  table.segment.rows[at + 1] = value;
}

function expectSame(table: Table, expected: Expected): void {
  expect(table.size).toBe(expected.size);
  for (const [key, { until, value }] of expected) {
    expect(table.find(key), `${key} should be there`).toBe(true);
    const { segment, slot } = table;
    const row = [...segment.rows.subarray(slot * segment.width, (slot + 1) * segment.width)];
    expect(row).toEqual([until, value, ...Array.from({ length: segment.width - 2 }, () => 0)]);
  }
}

/** Sweeps until each slot was looked at, however often the hand was moved by rows that moved up. */
function sweepAll(table: Table, now: number): void {
  for (let lap = 0; lap < 3; lap++) while (table.sweep(now, 100) === 100);
}

describe("Table", () => {
  test("is a Map of rows, whatever is put, deleted, widened and swept", () => {
    const key = fc.oneof(fc.nat({ max: 300 }).map(String), fc.string({ maxLength: 20 }));
    const operation = fc.oneof(
      { weight: 12, arbitrary: fc.tuple(fc.constant("put"), key, fc.integer({ min: 1, max: 100 })) },
      { weight: 3, arbitrary: fc.tuple(fc.constant("delete"), key, fc.constant(0)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant("sweep"), fc.constant(""), fc.nat({ max: 50 })) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("widen"), fc.constant(""), fc.nat({ max: 3 })) },
    );
    const property = fc.property(fc.array(operation, { maxLength: 400, size: "max" }), (operations) => {
      const table = tableOfTwo();
      const expected: Expected = new Map();
      const answers: [boolean, boolean][] = [];
      for (const [name, key, number] of operations) {
        if (name === "put") {
          put(table, key, number, number * 2);
          expected.set(key, { until: number, value: number * 2 });
        } else if (name === "delete") answers.push([table.delete(key), expected.delete(key)]);
        else if (name === "widen") table.addPart(number + 1);
        else {
          sweepAll(table, number);
          for (const [each, { until }] of expected) if (until <= number) expected.delete(each);
        }
      }
      expectSame(table, expected);
      for (const [deleted, wasThere] of answers) expect(deleted).toBe(wasThere);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test(
    "stays one through splits of its segments, widening, sweeping and shrinking",
    { timeout: 30_000 },
    () => {
      const table = tableOfTwo();
      const expected: Expected = new Map();
      for (let i = 0; i < 40_000; i++) {
        const until = 1 + ((i * 7919) % 40_000);
        put(table, `key ${i}`, until, i);
        expected.set(`key ${i}`, { until, value: i });
        if (i === 20_000) table.addPart(3);
        if (i % 3 === 0) table.sweep(0, 2);
      }
      expectSame(table, expected);
      sweepAll(table, 38_000);
      for (const [key, { until }] of expected) if (until <= 38_000) expected.delete(key);
      expectSame(table, expected);
      sweepAll(table, 40_000);
      expect(table.size).toBe(0);
      expect(table.segment.capacity).toBeGreaterThanOrEqual(8);
      expect(table.sweep(40_000, 100)).toBe(0);
      put(table, "again", 1, 2);
      expectSame(table, new Map([["again", { until: 1, value: 2 }]]));
    },
  );

  test("a sweep in small portions comes round, and looks at every slot", () => {
    const table = tableOfTwo();
    for (let i = 0; i < 20_000; i++) put(table, `key ${i}`, 1 + (i % 2), i);
    let looked = 0;
    for (let portion = 3; portion === 3; looked += portion) portion = table.sweep(1, 3);
    expect(table.size).toBe(10_000);
    expect(looked).toBeLessThan(60_000);
  });

  test("keeps a row until the last of its parts has expired", () => {
    const table = tableOfTwo();
    put(table, "a", 5, 1);
    const second = table.addPart(2);
    put(table, "b", 9, 2);
    expect(table.find("b")).toBe(true);
    table.segment.rows[table.slot * table.segment.width + second] = 7;
    sweepAll(table, 8);
    expect([table.find("a"), table.find("b")]).toEqual([false, true]);
    sweepAll(table, 9);
    expect(table.size).toBe(0);
  });

  test("forgets the log of a key with the key", () => {
    const table = tableOfTwo();
    put(table, "a", 1, 1);
    put(table, "b", 2, 1);
    table.tails.set("a", new Map([[1, [1, 2, 3]]]));
    table.tails.set("b", new Map([[1, [1]]]));
    sweepAll(table, 1);
    expect([...table.tails.keys()]).toEqual(["b"]);
    table.delete("b");
    expect(table.tails.size).toBe(0);
  });
});

describe("Segment", () => {
  test("is a Map, though hashes collide and slots wrap round", () => {
    const operation = fc.tuple(fc.boolean(), fc.nat({ max: 30 }), fc.integer({ min: 1, max: 4 }));
    const property = fc.property(fc.array(operation, { maxLength: 200, size: "max" }), (operations) => {
      const segment = new Segment(0, 1, [0], 30);
      const expected = new Map<string, number>();
      for (const [isPut, number, spread] of operations) {
        const key = `${number}`;
        const hash = ((number % spread) * 0x3fffffff + 1) | 0;
        const known = [...expected.keys()].find((each) => each.startsWith(`${key}/`));
        if (known !== undefined && !isPut) {
          segment.remove(segment.find(Number(known.split("/")[1]), known));
          expected.delete(known);
        } else if (known === undefined && isPut && !segment.isFull) {
          const name = `${key}/${hash}`;
          segment.rows[segment.insert(hash, name)] = number;
          expected.set(name, number);
        }
      }
      expect(segment.size).toBe(expected.size);
      for (const [key, number] of expected) {
        expect(segment.rows[segment.find(Number(key.split("/")[1]), key)]).toBe(number);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("hashKey", () => {
  test("spreads keys that differ little, over all 32 bits", () => {
    const sharers = new Map<number, number>();
    for (let i = 0; i < 100_000; i++) {
      const hash = hashKey(`user:${i}`);
      sharers.set(hash, (sharers.get(hash) ?? 0) + 1);
    }
    expect(Math.max(...sharers.values())).toBeLessThan(20);
    const shares = Array.from({ length: 32 }, (_, bit) => {
      const ones = [...sharers.keys()].filter((hash) => (hash >>> bit) & 1).length;
      return ones / sharers.size;
    });
    expect(Math.min(...shares)).toBeGreaterThan(0.45);
    expect(Math.max(...shares)).toBeLessThan(0.55);
  });

  test("every unit of a key of 256 counts", () => {
    const key = "x".repeat(256);
    const changed = Array.from({ length: 256 }, (_, i) => hashKey(`${key.slice(0, i)}y${key.slice(i + 1)}`));
    expect(new Set([hashKey(key), ...changed]).size).toBeGreaterThan(250);
  });
});
