import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../src/units/sha256.ts";
import { utf8Bytes } from "../../src/units/utf8Bytes.ts";

const reference = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
])("FIPS 180 vector %#", (text, hash) => {
  expect(sha256(utf8Bytes(text))).toBe(hash);
});

test("every length up to five blocks hashes as node:crypto does", () => {
  for (let length = 0; length <= 320; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
    expect(sha256(bytes)).toBe(reference(bytes));
  }
});

test("any bytes hash as node:crypto does, also in a view of a larger buffer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 500 }), (bytes) => {
      expect(sha256(bytes)).toBe(reference(bytes));
      expect(sha256(bytes.subarray(1, -1))).toBe(reference(bytes.subarray(1, -1)));
    }),
  );
});

test("well-formed text has the bytes of TextEncoder", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect([...utf8Bytes(text)]).toEqual([...new TextEncoder().encode(text)]);
    }),
  );
});

test("case 25: different strings have different bytes, lone surrogates included", () => {
  const text = fc.array(fc.constantFrom("a", "\ud83d", "\ude00", "\ufffd")).map((units) => units.join(""));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(String(utf8Bytes(a)) === String(utf8Bytes(b))).toBe(a === b);
    }),
  );
});
