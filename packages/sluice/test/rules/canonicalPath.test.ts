import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalPath } from "../../src/rules/paths/canonicalPath.ts";
import { loginSpellings, strangers, trickyPath } from "./spellings.ts";

describe("canonicalPath", () => {
  test.each([
    ["/", "/"],
    ["", "/"],
    ["*", "/"],
    ["*?x", "/"],
    ["login", "/login"],
    ["/a/b?x=/c#d", "/a/b"],
    ["/a#b?c", "/a"],
    ["/Caf%C3%89", "/café"],
    ["/a//b///c//", "/a/b/c"],
    ["/a\\b", "/a/b"],
    ["/a\\..\\b", "/b"],
    ["/..", "/"],
    ["/a/b/../../../c/.", "/c"],
    ["/a//../b", "/a/b"],
    ["/...", "/..."],
    ["/.well-known/x", "/.well-known/x"],
    ["/a;v=1/b", "/a;v=1/b"],
    ["http://evil", "/"],
    ["http://evil?x/login", "/"],
    ["http://evil/a?b", "/a"],
    ["http://[::1]:80/a", "/a"],
    ["http:///login", "/"],
    ["http:\\\\evil\\login", "/login"],
    ["/http://evil/login", "/http:/evil/login"],
    ["/a%20b%22", '/a b"'],
  ])("%j becomes %j", (target, path) => {
    expect(canonicalPath(target)).toBe(path);
  });

  test.each(loginSpellings)("case 30: $target is /login", ({ target }) => {
    expect(canonicalPath(target)).toBe("/login");
  });

  test.each(strangers)("%j, which no framework takes for /login, stays another path", (target) => {
    expect(canonicalPath(target)).not.toBe("/login");
  });

  test.each([
    ["/%E0%A4%A", "/%e0%a4%a"],
    ["/%", "/%"],
    ["/%00", "/%00"],
    ["/%6cogin%ff%C3%A9", "/login%ffé"],
    ["/%c0%ae%c0%ae/b", "/%c0%ae%c0%ae/b"],
    ["/%c1%bf%e0%9f%bf%f0%8f%bf%bf", "/%c1%bf%e0%9f%bf%f0%8f%bf%bf"],
    ["/%ed%a0%80%f4%90%80%80", "/%ed%a0%80%f4%90%80%80"],
  ])("case 33: in %j only what is UTF-8 is decoded", (target, path) => {
    expect(canonicalPath(target)).toBe(path);
  });

  test("case 33: a path of 15 kB is canonical like a short one", () => {
    expect(canonicalPath(`/${"%61".repeat(5_000)}`)).toBe(`/${"a".repeat(5_000)}`);
    expect(canonicalPath("/%E0%A4%A/..".repeat(1_300))).toBe("/");
  });

  test("decodes once", () => {
    expect(canonicalPath("/%252e%252e/login")).toBe("/%2e%2e/login");
    expect(canonicalPath("/%%32e/login")).toBe("/%2e/login");
    expect(canonicalPath("/%2525")).toBe("/%25");
  });

  test("keeps encoded what would move the borders of the path or break a line in a log", () => {
    expect(canonicalPath("/a%2Fb%5Cc%3Fd%23e%0D%0Af%7F")).toBe("/a%2fb%5cc%3fd%23e%0d%0af%7f");
  });

  test("folds case without a locale, also where lower case is longer", () => {
    expect(canonicalPath("/TITLE/I")).toBe("/title/i");
    expect(canonicalPath("/%C4%B0x")).toBe("/i\u0307x");
  });

  test("answers any string with a path of one spelling", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.string(), anyCodeUnits, trickyPath),
        (target) => {
          const path = canonicalPath(target);
          expect(path).toMatch(/^\//);
          expect(path).not.toMatch(/[?#\\]|\/\/|.\/$|\/\.\.?(?:\/|$)/);
          expect(path).toBe(path.toLowerCase());
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("is its own canonical path, unless decoding left something to decode, as in %252e", () => {
    fc.assert(
      fc.property(fc.oneof(trickyPath, fc.string({ unit: "binary" })), (target) => {
        const path = canonicalPath(target);
        fc.pre(!/%25|%[^0-9a-f]|%.[^0-9a-f]/i.test(target));
        expect(canonicalPath(path)).toBe(path);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is the same for a target and for what a URL parser makes of it", () => {
    fc.assert(
      fc.property(trickyPath, (target) => {
        const { href, pathname } = new URL(`http://h${target}`);
        expect(canonicalPath(pathname)).toBe(canonicalPath(target));
        expect(canonicalPath(href)).toBe(canonicalPath(target));
      }),
      { numRuns: 5_000 },
    );
  });

  test("decodes exactly the UTF-8 that a strict decoder takes", () => {
    const edges = [
      0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
    ];
    const bytes = fc.array(fc.constantFrom(...edges, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(bytes, (bytes) => {
        const target = `/${bytes.map((byte) => `%${byte.toString(16)}`).join("")}`;
        expect(canonicalPath(target)).toBe(`/${decodeStrictly(bytes)}`.toLowerCase());
      }),
      { numRuns: 10_000 },
    );
  });

  const many = 100_000;
  test.each([
    ["/", "/"],
    ["/a", "/a".repeat(many)],
    ["/..", "/"],
    ["/../a", "/a"],
    ["%61", `/${"a".repeat(many)}`],
    ["%ff", `/${"%ff".repeat(many)}`],
    ["%E0%A4", `/${"%e0%a4".repeat(many)}`],
    ["%", `/${"%".repeat(many)}`],
    ["\\", "/"],
    ["A.", `/${"a.".repeat(many)}`],
    [":/", "/:".repeat(many)],
    ["http://", `/http:${"/http:".repeat(many - 1)}`],
  ])("case 33: %j a hundred thousand times over is read in one pass", (piece, path) => {
    expect(canonicalPath(`/${piece.repeat(many)}`) === path).toBe(true);
  });
});

const anyCodeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }))
  .map((units) => String.fromCharCode(...units));

function decodeStrictly(bytes: readonly number[]): string {
  for (const length of [1, 2, 3, 4]) {
    const character = oneCharacter(bytes.slice(0, length));
    if (character !== undefined) return character + decodeStrictly(bytes.slice(length));
  }
  const [first, ...rest] = bytes;
  return first === undefined ? "" : `%${first.toString(16)}${decodeStrictly(rest)}`;
}

function oneCharacter(bytes: readonly number[]): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
    return /^.$/su.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
