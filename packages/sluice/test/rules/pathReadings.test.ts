import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalPath } from "../../src/rules/paths/canonicalPath.ts";
import { pathPattern } from "../../src/rules/paths/pathPattern.ts";
import { pathReadings } from "../../src/rules/paths/pathReadings.ts";
import { loginSpellings, trickyPath } from "./spellings.ts";

describe("pathReadings", () => {
  test.each([
    ["/User/?x", ["/user"]],
    ["http://h:3000/user/7", ["/user/7"]],
    ["http://[::1]:3000/user/7", ["/user/7"]],
    ["/.well-known/x", ["/.well-known/x"]],
    ["/login?next=/../a\\b", ["/login"]],
    ["http://h/login?next=/../a", ["/login"]],
    ["/user/../login", ["/login", "/user/../login"]],
    ["/user/%2E%2e/login", ["/login", "/user/../login"]],
    ["http://h/user/../login", ["/login", "/user/../login"]],
    ["/user/a\\b", ["/user/a/b", "/user/a\\b"]],
    ["/a\\..\\b", ["/b", "/a/../b", "/a\\..\\b"]],
    ["http:///login", ["/", "/login"]],
    ["http://h;x/login", ["/login", "/h;x/login"]],
    ["//h/login", ["/h/login", "/login"]],
    ["//login?x", ["/login", "/"]],
    ["/\\h\\a\\..\\login#x", ["/h/login", "/h/a/../login", "/\\h\\a\\..\\login", "/login"]],
  ])("%j may be read as %j", (target, readings) => {
    expect(pathReadings(target)).toEqual(readings);
  });

  test.each([
    ["/user/:id", "/user/.."],
    ["/user/:id", "/user/%2e%2e"],
    ["/user/:id", "/user/a\\b"],
    ["/user/:id", "/user/a%5cb"],
    ["/user/:id", "/user/a%2fb"],
    ["/user/:id", "/user/%0a"],
    ["/api/:a/:b", "/api/../.."],
    ["/files/**", "/files/a/../../login"],
    ["/files/**", "/files\\a\\..\\..\\z#"],
    ["/:a/:b", "http://h;x/login"],
    ["/files/**", "http://h;/files/%2e%2e/a"],
    ["/login", "http:///login"],
    ["/login", "http:////evil/login"],
    ["/login", "//evil/login"],
    ["/login", "///evil/login?x"],
    ["/login", "/\\evil/login"],
    ["/login", "//evil/a/../login"],
  ])("the route %s, which %j reaches in some framework, matches one reading", (route, target) => {
    expect(pathReadings(target).some(pathPattern(route).matches)).toBe(true);
  });

  test("case 30: every spelling that reaches /login in a framework matches the rule /login", () => {
    const { matches } = pathPattern("/login");
    for (const { target } of loginSpellings) expect(pathReadings(target).some(matches)).toBe(true);
  });

  test("the first of at most five is the canonical path, and all have its form", { timeout: 60_000 }, () => {
    const target = fc.oneof(
      trickyPath,
      trickyPath.map((path) => `http:/${path}`),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(target, (target) => {
        const readings = pathReadings(target);
        expect(readings[0]).toBe(canonicalPath(target));
        expect(new Set(readings).size).toBe(readings.length);
        expect(readings.length).toBeLessThanOrEqual(5);
        for (const path of readings) expect(path).toMatch(/^\/(?:[^/?#]+\/)*[^/?#]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("where no parser disagrees, there is one", () => {
    fc.assert(
      fc.property(trickyPath, (target) => {
        fc.pre(!/^\/\/|\\|\/(?:\.|%2e){1,2}(?:[/?#]|$)/i.test(target));
        expect(pathReadings(target)).toEqual([canonicalPath(target)]);
      }),
      { numRuns: 2_000 },
    );
  });
});
