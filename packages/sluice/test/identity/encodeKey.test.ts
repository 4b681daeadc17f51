import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodeKey } from "../../src/units/encodeKey.ts";

const hashed = (key: string) => `sha256:${createHash("sha256").update(key).digest("hex")}`;

test.each([
  "user:42",
  "a",
  " ",
  "ключ",
  "😀",
  "x".repeat(256),
  "é".repeat(128),
  "€".repeat(85),
  "😀".repeat(64),
])("%s is a key as it is", (key) => {
  expect(encodeKey(key)).toBe(key);
});

test.each([
  "x".repeat(257),
  "é".repeat(129),
  "€".repeat(86),
  `${"😀".repeat(64)}x`,
  "x".repeat(20_000),
  "a\0b",
  "sha256:",
  "sha256:ab",
])("%s is hashed", (key) => {
  expect(encodeKey(key)).toBe(hashed(key));
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "case 26: %s is a key like any other",
  (key) => {
    expect(encodeKey(key)).toBe(key);
  },
);

test("case 25: lone surrogates, which UTF-8 would make one character, stay distinct", () => {
  const keys = [
    "\ud800",
    "\udbff",
    "\udc00",
    "\udfff",
    "\udc00\ud800",
    "\ufffd",
    "\ud800\udc00",
    "\ud800\ud800",
  ];
  const stored = keys.map(encodeKey);
  expect(new Set(stored).size).toBe(keys.length);
  for (const key of stored) expect(new TextDecoder().decode(new TextEncoder().encode(key))).toBe(key);
});

test("case 25: no key spells the stored form of another", () => {
  const long = "x".repeat(300);
  expect(encodeKey(encodeKey(long))).not.toBe(encodeKey(long));
});

test("case 25: different keys have different forms, all of them storable", () => {
  const unit = fc.constantFrom("a", "\0", "\ud83d", "\ude00", "\ufffd", "sha256:", "é".repeat(100));
  const key = fc.array(unit, { minLength: 1, maxLength: 4 }).map((units) => units.join(""));
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(encodeKey(a) === encodeKey(b)).toBe(a === b);
      expect(new TextEncoder().encode(encodeKey(a)).length).toBeLessThanOrEqual(256);
      expect(encodeKey(a)).not.toMatch(/[\0\u{d800}-\u{dfff}]/u);
    }),
    { numRuns: 2000 },
  );
});

test.each(["", undefined, null, Number.NaN, 5, {}, ["a"]])("case 27: %j is no key", (key) => {
  const error = expect.objectContaining({ name: "ConfigurationError", code: "INVALID_KEY" });
  expect(() => encodeKey(key as string)).toThrow(error);
});
