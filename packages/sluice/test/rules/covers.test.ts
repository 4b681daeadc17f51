import * as fc from "fast-check";
import { compileRule, guard, type Rule } from "sluice";
import { describe, expect, test } from "vitest";
import { covers } from "../../src/rules/covers.ts";

const limits = "1/m";

function isCovered(first: Rule, second: Rule): boolean {
  return covers(compileRule("first", first, 0), compileRule("second", second, 1));
}

describe("paths", () => {
  test.each<[first: string | RegExp, second: string | RegExp, covered: boolean]>([
    ["**", "/a", true],
    ["**", /\/a/, true],
    ["/**", "/", true],
    ["/a/**", "/a", true],
    ["/a/**", "/a/b/c", true],
    ["/a/**", "/a/**", true],
    ["/a/**", "/A//%62/", true],
    ["/a/**", "/a/**/b", true],
    ["/a/**/b", "/a/x/b", true],
    ["/a/**/b", "/a/b", true],
    ["/**/b", "/a/**/b", true],
    ["/user/:id", "/user/:name", true],
    ["/user/:id", "/user/*", true],
    ["/user/*", "/user/me", true],
    [/\/a/i, /\/a/, true],
    ["/user/me", "/user/:id", false],
    ["/a/**/b", "/a/**", false],
    ["/a/*/**", "/a", false],
    ["/a/b/**/b", "/a/b", false],
    ["/a/b/**", "/a/**/b", false],
    ["/a", "/a/**", false],
    ["/a", "**", false],
    ["/a/**", "/ab", false],
    ["/a/**", /\/a\/b/, false],
    [/\/.*/, "/a", false],
    [/\/a/, /\/ab/, false],
  ])("%s before %s: %s", (first, second, covered) => {
    expect(isCovered({ path: first }, { path: second })).toBe(covered);
  });
});

describe("methods and groups", () => {
  test.each<[first: Rule, second: Rule, covered: boolean]>([
    [{}, { method: "GET", group: "gold" }, true],
    [{ method: ["GET", "POST"] }, { method: "POST" }, true],
    [{ method: "get" }, { method: "HEAD" }, true],
    [{ group: ["gold", "silver"] }, { group: "gold" }, true],
    [{ method: "HEAD" }, { method: "GET" }, false],
    [{ method: "GET" }, { method: ["GET", "POST"] }, false],
    [{ method: "GET" }, {}, false],
    [{ method: ["GET", "POST", "PUT", "PATCH", "DELETE"] }, { method: "*" }, false],
    [{ group: "gold" }, {}, false],
    [{ group: "gold" }, { group: ["gold", "silver"] }, false],
  ])("%j before %j: %s", (first, second, covered) => {
    expect(isCovered(first, second)).toBe(covered);
  });
});

const segment = fc.constantFrom("a", "b", "*", ":x");
const pattern = fc
  .tuple(
    fc.array(segment, { maxLength: 3 }),
    fc.option(fc.array(segment, { maxLength: 2 }), { nil: undefined }),
  )
  .map(([head, tail]) => `/${[...head, ...(tail === undefined ? [] : ["**", ...tail])].join("/")}`)
  .filter((text) => text.split("/").filter((part) => part === ":x").length < 2);
const path = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 6 }).map((parts) => `/${parts.join("/")}`);

test("what is covered matches nothing that the other does not", () => {
  let covered = 0;
  fc.assert(
    fc.property(
      pattern,
      pattern,
      fc.array(path, { minLength: 20, maxLength: 20 }),
      (first, second, paths) => {
        const [a, b] = [first, second].map((text, i) => compileRule("rule", { path: text }, i));
        if (!covers(a, b)) return;
        covered++;
        for (const each of paths)
          expect([each, b.path.matches(each) && !a.path.matches(each)]).toEqual([each, false]);
      },
    ),
    { numRuns: 5_000, seed: 7 },
  );
  expect(covered).toBeGreaterThan(200);
});

describe("a rule that no request can reach", () => {
  test("is refused at construction, and told with the rule that stands before it", () => {
    const rules: Rule[] = [
      { path: "/health" },
      { path: "/user/**", method: ["GET", "POST"], limits },
      { path: "/user/:id", method: "POST", limits: "5/m" },
    ];
    expect(() => guard({ rules })).toThrow(
      expect.objectContaining({
        code: "UNREACHABLE_RULE",
        path: "rules[2]",
        value: "POST /user/:id",
        message: expect.stringContaining("rules[1] (GET,POST /user/**) stands before it") as string,
      }) as Error,
    );
    expect(() => guard({ rules: [rules[0], rules[2], rules[1]] })).not.toThrow();
  });

  test("S3.18: a group after a rule of every group is told, which asgi-ratelimit understands otherwise", () => {
    expect(() =>
      guard({
        rules: [
          { path: /^\/limit/, limits },
          { path: /^\/limit/, group: "admin" },
        ],
      }),
    ).toThrow(expect.objectContaining({ code: "UNREACHABLE_RULE" }) as Error);
  });

  test("that is there twice is not told to change places, and groups are told where they differ", () => {
    expect(() => guard({ rules: [{ limits }, { limits: "5/m" }] })).toThrow(
      "rules[1] (* /**) can never decide: rules[0] (* /**) stands before it and fits whatever it fits; leave out one of them",
    );
    expect(() => guard({ rules: [{ limits }, { limits, group: ["a", "b"] }] })).toThrow(
      "rules[1] (* /**, group a, b) can never decide: rules[0] (* /**, every group) stands before it and fits whatever it fits; put the narrower one first",
    );
  });

  test("is not looked for among more than a thousand", () => {
    const rules = Array.from({ length: 1001 }, (_, i): Rule => ({ limits, pool: `${i}` }));
    expect(() => guard({ rules })).not.toThrow();
    expect(() => guard({ rules: rules.slice(1) })).toThrow(TypeError);
  });
});
