import * as fc from "fast-check";
import { expect, test } from "vitest";
import { HeavyHitters } from "../../src/metrics/HeavyHitters.ts";

/** Keys of which some come much more often than others. */
const keys = fc.array(
  fc
    .oneof(
      { weight: 3, arbitrary: fc.nat(3) },
      { weight: 2, arbitrary: fc.nat(20) },
      { weight: 1, arbitrary: fc.nat(500) },
    )
    .map(String),
  { maxLength: 400, size: "max" },
);
const capacity = fc.integer({ min: 1, max: 30 });

/** Counts everything. */
class Exact extends Map<string, number> {
  add(key: string): void {
    this.set(key, this.of(key) + 1);
  }
  of(key: string): number {
    return this.get(key) ?? 0;
  }
}

/** A sketch and the exact counts of the same keys. */
function counted(size: number, stream: readonly string[]): { sketch: HeavyHitters; exact: Exact } {
  const [sketch, exact] = [new HeavyHitters(size), new Exact()];
  for (const key of stream) {
    sketch.add(key);
    exact.add(key);
  }
  return { sketch, exact };
}

test("no count is too low, and none is higher than its error allows", () => {
  fc.assert(
    fc.property(capacity, keys, (size, stream) => {
      const { sketch, exact } = counted(size, stream);
      for (const { key, count, error } of sketch.all()) {
        expect(count).toBeGreaterThanOrEqual(exact.of(key));
        expect(count - error).toBeLessThanOrEqual(exact.of(key));
      }
    }),
  );
});

test("no error is more than an entry's share of all that came", () => {
  fc.assert(
    fc.property(capacity, keys, (size, stream) => {
      const { sketch } = counted(size, stream);
      for (const { error } of sketch.all()) expect(error).toBeLessThanOrEqual(stream.length / size);
    }),
  );
});

test("every key that came more often than that share has an entry", () => {
  fc.assert(
    fc.property(capacity, keys, (size, stream) => {
      const { sketch, exact } = counted(size, stream);
      const frequent = [...exact].filter(([, count]) => count > stream.length / size);
      for (const [key] of frequent) expect(sketch.get(key)?.key).toBe(key);
    }),
  );
});

test("it has as many entries as there is room for, which together count all that came", () => {
  fc.assert(
    fc.property(capacity, keys, (size, stream) => {
      const { sketch, exact } = counted(size, stream);
      expect(sketch.all()).toHaveLength(Math.min(size, exact.size));
      expect(sketch.all().reduce((sum, { count }) => sum + count, 0)).toBe(stream.length);
      for (const entry of sketch.all()) expect(sketch.get(entry.key)).toBe(entry);
    }),
  );
});

test("while there is room for all keys everything is exact", () => {
  fc.assert(
    fc.property(keys, (stream) => {
      const { sketch, exact } = counted(501, stream);
      for (const [key, count] of exact) expect(sketch.get(key)).toMatchObject({ count, error: 0 });
    }),
  );
});

test("after keys were taken out no count is too low either, nor higher than its error allows", () => {
  const moves = fc.array(
    fc.record({ key: fc.nat(12).map(String), leaves: fc.integer({ min: 0, max: 5 }).map((n) => n === 0) }),
    { maxLength: 300, size: "max" },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), moves, (size, made) => {
      const [sketch, exact] = [new HeavyHitters(size), new Exact()];
      for (const { key, leaves } of made) {
        if (leaves) {
          sketch.delete(key);
          exact.delete(key);
          expect(sketch.get(key)).toBeUndefined();
        } else {
          sketch.add(key);
          exact.add(key);
        }
        for (const { key: entry, count, error } of sketch.all()) {
          expect(count).toBeGreaterThanOrEqual(exact.of(entry));
          expect(count - error).toBeLessThanOrEqual(exact.of(entry));
          expect(sketch.get(entry)?.count).toBe(count);
        }
      }
    }),
  );
});

test("a key that finds no room takes the place of the one that came least, also after keys were taken out", () => {
  const key = fc.oneof(fc.nat(6), fc.nat(60)).map(String);
  const moves = fc.array(fc.record({ key, leaves: fc.nat(9).map((n) => n === 0) }), {
    maxLength: 600,
    size: "max",
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), moves, (size, made) => {
      const sketch = new HeavyHitters(size);
      for (const { key, leaves } of made) {
        if (leaves) sketch.delete(key);
        else {
          const isFull = sketch.all().length === size && sketch.get(key) === undefined;
          const least = Math.min(...sketch.all().map(({ count }) => count));
          sketch.add(key);
          if (isFull) expect(sketch.get(key)).toMatchObject({ count: least + 1, error: least });
        }
      }
    }),
  );
});

test("the top are the highest counts, highest first", () => {
  fc.assert(
    fc.property(capacity, keys, fc.nat(40), (size, stream, most) => {
      const { sketch } = counted(size, stream);
      const all = sketch.all().map(({ count }) => count);
      expect(sketch.top(most).map(({ count }) => count)).toEqual(
        all.toSorted((a, b) => b - a).slice(0, most),
      );
    }),
  );
});

test("of a million keys it keeps the few that come often", () => {
  const sketch = new HeavyHitters(100);
  for (let i = 0; i < 200_000; i++) {
    sketch.add(`once ${i}`);
    if (i % 50 === 0) sketch.add("often");
    if (i % 60 === 0) sketch.add("less often");
  }
  expect(sketch.top(2).map(({ key }) => key)).toEqual(["often", "less often"]);
  expect(sketch.all()).toHaveLength(100);
});
