import { expect, test } from "vitest";
import { ensureNote, nativeNote } from "../../src/guard/nativeNote.ts";

test.each([
  ["an object", {}],
  ["a frozen object", Object.freeze({})],
  ["a proxy", new Proxy({}, {})],
  ["a function", () => undefined],
])("%s has no note at first, and then always the same", (_, native) => {
  expect(nativeNote(native)).toBeUndefined();
  const note = ensureNote(native);
  expect(ensureNote(native)).toBe(note);
  expect(nativeNote(native)).toBe(note);
});

test("a note cannot be seen on its object, and what is made of the object does not have it", () => {
  const native = { url: "/" };
  ensureNote(native);
  expect(Reflect.ownKeys(native)).toEqual(["url"]);
  expect(nativeNote({ ...native })).toBeUndefined();
  expect(nativeNote(Object.create(native) as object)).toBeUndefined();
  expect(nativeNote(new Proxy(native, {}))).toBeUndefined();
});
