import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../../src/errors/ConfigurationError.ts";
import { canonicalPath } from "../../src/rules/paths/canonicalPath.ts";
import { pathPattern } from "../../src/rules/paths/pathPattern.ts";
import { loginSpellings, strangers, trickyPath, wordPath } from "./spellings.ts";

describe("pathPattern of a string", () => {
  test("case 30: every spelling that reaches /login in a framework matches the rule /login", () => {
    const { matches } = pathPattern("/login");
    for (const { target } of loginSpellings) expect(matches(canonicalPath(target))).toBe(true);
    for (const target of strangers) expect(matches(canonicalPath(target))).toBe(false);
  });

  test.each(["/login", "/LOGIN/", "//login", "/%6cogin", "/log%69N"])(
    "the rule itself may be spelled %s",
    (rule) => {
      expect(pathPattern(rule).matches("/login")).toBe(true);
      expect(pathPattern(rule).text).toBe("/login");
    },
  );

  test("case 32: /api/v3/** matches /api/v3 and all below it, not /api/v3-secret", () => {
    const { matches } = pathPattern("/api/v3/**");
    expect(["/api/v3", "/api/v3/a", "/api/v3/a/b"].map(matches)).toEqual([true, true, true]);
    expect(["/api/v3-secret", "/api/v30/a", "/api", "/", "/x/api/v3"].some(matches)).toBe(false);
  });

  test.each([
    ["/", ["/"], ["/a"]],
    ["/user/:id", ["/user/7", "/user/a%2fb", "/user/é"], ["/user", "/user/", "/user/7/edit", "/users/7"]],
    ["/user/*/edit", ["/user/7/edit"], ["/user/edit", "/user/7/8/edit"]],
    ["/*", ["/a", "/*"], ["/", "/a/b"]],
    ["/**/edit", ["/edit", "/a/edit", "/a/b/edit"], ["/", "/a", "/edit/a", "/aedit"]],
    ["/a/**/b/:c", ["/a/b/x", "/a/y/b/x", "/a/b/b/x"], ["/a/b", "/a/x", "/b/x", "/a/b/x/y"]],
    ["/a/**/a", ["/a/a", "/a/a/a"], ["/a"]],
    ["*", ["/", "/a/b"], []],
    ["**", ["/", "/a/b"], []],
    ["/**", ["/", "/a/b"], []],
    ["/x/%3aid", ["/x/:id"], ["/x/7"]],
    ["/x/%2A", ["/x/*"], ["/x/7"]],
    ["/a%2Fb", ["/a%2fb"], ["/a/b"]],
    ["/caf%C3%89/100%25", ["/café/100%"], ["/cafe/100%"]],
    ["/a;v=1", ["/a;v=1"], ["/a"]],
  ])("%s", (pattern, fitting, others) => {
    const { matches } = pathPattern(pattern);
    expect(fitting.filter((path) => !matches(path))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  test.each([
    ["/User//:Id/", "/user/:Id"],
    ["/a/*/**", "/a/*/**"],
    ["*", "/**"],
    ["**", "/**"],
    ["/", "/"],
    ["/x/%3Aid/%2a", "/x/%3aid/%2a"],
    ["/Caf%C3%A9", "/café"],
  ])("the text of %s is %s", (pattern, text) => {
    expect(pathPattern(pattern).text).toBe(text);
    expect(pathPattern(text).text).toBe(text);
  });

  test("literal text matches its own canonical path", () => {
    fc.assert(
      fc.property(trickyPath, (path) => {
        fc.pre(!/[:*\\|^<{}]/.test(path) && !/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path));
        expect(pathPattern(path).matches(canonicalPath(path))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("agrees with a matcher that tries everything", () => {
    const segment: fc.Arbitrary<string> = fc.constantFrom("a", "b", "ab", "é", ":x", "*");
    const pattern = fc
      .tuple(fc.array(segment, { maxLength: 3 }), fc.option(fc.array(segment, { maxLength: 3 })))
      .map(([head, tail]) => (tail === null ? head : head.concat("**", tail)))
      .filter((segments) => segments.filter((segment) => segment === ":x").length < 2);
    fc.assert(
      fc.property(pattern, wordPath, (segments, path) => {
        const expected = fitsSomehow(segments, path === "/" ? [] : path.slice(1).split("/"));
        expect(pathPattern(`/${segments.join("/")}`).matches(path)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
  });

  test("case 34: long paths and long patterns are matched in one pass", () => {
    const a = "/a".repeat(50_000);
    expect(pathPattern("/**/b").matches(a)).toBe(false);
    expect(pathPattern("/a/**/a").matches(a)).toBe(true);
    expect(pathPattern(`${a}/**${a}/b`).matches(a + a)).toBe(false);
    expect(pathPattern(`${a}/**${a}`).matches(a + a)).toBe(true);
    expect(pathPattern(`/${"a".repeat(100_000)}`).matches(`/${"a".repeat(100_000)}`)).toBe(true);
    expect(pathPattern("/:x".replace("x", "x".repeat(100_000))).matches(`/${"a".repeat(400)}`)).toBe(true);
  });
});

describe("pathPattern refuses", () => {
  test.each([
    ["/*a*a*a*a*b", "/*"],
    ["/**/a/**/b", "/**"],
    ["/a/**/b/**", "/a/**"],
    ["/***", "/*"],
    ["/towns*", "/towns/**"],
    ["/towns/.*", "/towns/**"],
    ["/files/*.png", "/files/*"],
    ["/files/*path", "/files/**"],
    ["/a/[...rest]/b/**", "/a/**"],
    ["*.png", "/*"],
    ["login", "/login"],
    ["^/login", "/login"],
    ["http://h/login", "/login"],
    ["", "/"],
    ["/login?x", "/login"],
    ["/login#x", "/login"],
    ["/login\n", "/login"],
    ["/a\\b", "/*"],
    ["/a|b", "/*"],
    ["/a b/c", "/*/c"],
    ["/user/:id?", "/user/:id"],
    ["/user/:id(\\d+)", "/user/:id"],
    ["/user/{id}/edit", "/user/:id/edit"],
    ["/user/[id]", "/user/:id"],
    ["/user/(.*)", "/user/*"],
    ["/user/:7", "/user/*"],
    ["/user/:", "/user/*"],
    ["/:a/b/:a", "/:a/b/*"],
    ["/flights/:from-:to", "/flights/:from"],
    ["/users:batch", "/*"],
    ["/a/../b", "/b"],
    ["/a/%2E./b", "/a/*/b"],
  ])("case 34: %j, and names %j", (pattern, nearest) => {
    const error = refusal(pattern);
    expect(error).toMatchObject({ code: "INVALID_PATTERN", value: pattern, nearest });
    expect(error.message).toContain(JSON.stringify(pattern));
    expect(error.message).toContain('":name"');
  });

  test.each([undefined, null, 5, {}, ["/a"]])("%j, which is no pattern", (value) => {
    expect(refusal(value)).toMatchObject({ code: "INVALID_PATTERN", value });
  });

  test.each([
    ["/a(b", "%28"],
    ["/a\u00a0b", "%c2%a0"],
    ["/a*b", "%2a"],
    ["/a:b", "%3a"],
  ])("%j, and says how to write the character itself", (pattern, encoded) => {
    expect(refusal(pattern).message).toContain(`literal one is ${encoded}`);
    expect(pathPattern(`/${encoded}`).matches(canonicalPath(`/${encoded}`))).toBe(true);
  });

  test("nothing without a nearest pattern that is valid", () => {
    const syntax = fc.string({ unit: fc.constantFrom(..."/ : * a . %2e ? { } [ ] ( ) \\ ^ # |".split(" ")) });
    fc.assert(
      fc.property(fc.oneof(fc.string(), syntax), (pattern) => {
        const nearest = nearestValid(pattern);
        expect(nearestValid(nearest)).toBe(nearest);
      }),
      { numRuns: 5_000 },
    );
  });

  test("a pattern of a hundred thousand characters as fast as a short one", () => {
    expect(refusal(`/${"*a".repeat(50_000)}`).nearest).toBe("/*");
    expect(refusal(`/a${"*".repeat(100_000)}b`).nearest).toBe("/*");
    expect(refusal("/:a".repeat(33_000)).nearest).toMatch(/^\/:a\/\*\/\*/);
  });
});

describe("pathPattern of a RegExp", () => {
  test("runs from the start of the path and not to its end", () => {
    const { matches } = pathPattern(/\/towns/);
    expect(["/towns", "/towns/7", "/townsend"].map(matches)).toEqual([true, true, true]);
    expect(matches("/old/towns")).toBe(false);
    expect(pathPattern(/\/x|\/towns/).matches("/old/towns")).toBe(false);
    expect(pathPattern(/^\/towns$/).matches("/towns/7")).toBe(false);
  });

  test("ignores case", () => {
    expect(pathPattern(/^\/Towns/).matches("/towns")).toBe(true);
    expect(pathPattern(/^\/[A-Z]+$/).matches("/towns")).toBe(true);
  });

  test("has no memory, and leaves that of the given one alone", () => {
    const given = /\/towns/g;
    given.lastIndex = 3;
    const { matches } = pathPattern(given);
    expect([matches("/towns"), matches("/towns"), matches("/x"), matches("/towns")]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(given.lastIndex).toBe(3);
  });

  test("keeps u and v, drops m, and its dot is any character", () => {
    expect(pathPattern(/^\/\p{L}+$/u).matches("/é")).toBe(true);
    expect(pathPattern(new RegExp("^/[\\p{L}--[a-z]]+$", "v")).matches("/é")).toBe(true);
    expect(pathPattern(/^\/towns\/.*$/).matches(canonicalPath("/towns/%E2%80%A8"))).toBe(true);
    expect(pathPattern(/^\/towns$/m).matches("/towns\u2028x")).toBe(false);
  });

  test("has its source as text", () => {
    expect(pathPattern(/^\/towns/gi).text).toBe("/^\\/towns/");
    expect(pathPattern(new RegExp("^/towns")).text).toBe("/^\\/towns/");
  });
});

function fitsSomehow(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === "**") return path.some((_, i) => fitsSomehow(rest, path.slice(i))) || fitsSomehow(rest, []);
  if (path.length === 0) return false;
  return (first === "*" || first === ":x" || first === path[0]) && fitsSomehow(rest, path.slice(1));
}

function refusal(pattern: unknown): ConfigurationError {
  try {
    pathPattern(pattern as string);
  } catch (error) {
    return error as ConfigurationError;
  }
  throw new Error(`${JSON.stringify(pattern)} was taken`);
}

/** The pattern itself if it is valid. */
function nearestValid(pattern: string): string {
  try {
    pathPattern(pattern);
    return pattern;
  } catch (error) {
    return (error as ConfigurationError).nearest as string;
  }
}
