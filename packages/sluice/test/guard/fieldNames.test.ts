import { fixedWindow, guard, type GuardOptions, openAiHeaders } from "sluice";
import { describe, expect, test } from "vitest";

const limits = "1/m";
const named = (...names: string[]) =>
  names.map((name, i) => fixedWindow({ limit: 9 - i, window: "1m", name }));

describe("limits that a template would tell in one header are refused at construction", () => {
  test.each([
    [{ headers: openAiHeaders, limits: named("a b", 'a"b') }, "limits"],
    [
      { headers: openAiHeaders, rules: [{ path: "/a", limits }, { limits: named("A", "a") }] },
      "rules[1].limits",
    ],
    [{ headers: { limit: "x-{name}", remaining: "x-left" }, limits: named("left") }, "limits"],
  ])("%o", (options, path) => {
    expect(() => guard(options as GuardOptions)).toThrow(
      expect.objectContaining({ code: "NAME_CLASH", path }),
    );
  });

  test("and all others are not", () => {
    for (const headers of [undefined, "legacy", { limit: "x-limit", remaining: "x-left" }] as const)
      expect(() => guard({ headers, limits: named("a b", 'a"b') })).not.toThrow();
    expect(() => guard({ headers: openAiHeaders, limits: named("a b", "a_b") })).not.toThrow();
  });
});
