import { describe, expect, test } from "vitest";
import type { HeaderList } from "../../src/headers/HeaderList.ts";
import { joinFields, joinOuterFields, joinRefusalFields } from "../../src/headers/joinFields.ts";

function join(
  there: Record<string, string>,
  fields: HeaderList,
  joined: typeof joinFields = joinFields,
): Record<string, string> {
  return { ...there, ...Object.fromEntries(joined(fields, (name) => there[name])) };
}

const legacy = (remaining: number): [string, string][] => [
  ["X-RateLimit-Limit", "100"],
  ["X-RateLimit-Remaining", `${remaining}`],
];

const outward: typeof joinFields = (fields, read) => joinOuterFields(fields, read, false);

const draft7 = (left: number): [string, string] => ["RateLimit", `limit=100, remaining=${left}, reset=9`];

describe("lists grow", () => {
  test("case 09: the fields of draft-11", () => {
    const there = { "RateLimit-Policy": '"a";q=1', RateLimit: '"a";r=1;t=1' };
    expect(
      join(there, [
        ["RateLimit-Policy", '"b";q=2'],
        ["RateLimit", '"b";r=2;t=2'],
      ]),
    ).toEqual({
      "RateLimit-Policy": '"a";q=1, "b";q=2',
      RateLimit: '"a";r=1;t=1, "b";r=2;t=2',
    });
  });

  test("the policies of older drafts, without repeating one", () => {
    expect(join({ "RateLimit-Policy": "1;w=1" }, [["RateLimit-Policy", "1;w=1, 2;w=2"]])).toEqual({
      "RateLimit-Policy": "1;w=1, 2;w=2",
    });
  });

  test("case 13: what the application exposes stays exposed", () => {
    const field = "Access-Control-Expose-Headers";
    expect(join({ [field]: "X-Total,Retry-After" }, [[field, "Retry-After, RateLimit"]])).toEqual({
      [field]: "X-Total, Retry-After, RateLimit",
    });
  });

  test("two drafts do not mix in one field: the later stays", () => {
    const there = { "RateLimit-Policy": "100;w=60", RateLimit: "limit=100, remaining=5, reset=1" };
    const ours: HeaderList = [
      ["RateLimit-Policy", '"b";q=2'],
      ["RateLimit", '"b";r=2;t=2'],
    ];
    expect(join(there, ours)).toEqual(Object.fromEntries(ours));
  });
});

describe("of fields that tell one limit", () => {
  test("those of the limit nearest to refusing stay", () => {
    expect(join(Object.fromEntries(legacy(5)), legacy(9))["X-RateLimit-Remaining"]).toBe("5");
    expect(join(Object.fromEntries(legacy(9)), legacy(5))["X-RateLimit-Remaining"]).toBe("5");
    expect(join(Object.fromEntries([draft7(3)]), [draft7(4)])["RateLimit"]).toBe(draft7(3)[1]);
    expect(join(Object.fromEntries([draft7(10)]), [draft7(4)])["RateLimit"]).toBe(draft7(4)[1]);
  });

  test.each(["x-ratelimit-remaining-{name}", "x-{name}-remaining"])(
    "%s tells for each name the limit that is nearest to refusing",
    (remaining) => {
      const named = (left: Record<string, number>): [string, string][] =>
        Object.entries(left).flatMap(([name, rest]): [string, string][] => [
          [remaining.replace("remaining", "limit").replace("{name}", name), `${rest}0`],
          [remaining.replace("{name}", name), `${rest}`],
        ]);
      const outer = named({ requests: 1, tokens: 9 });
      const inner = named({ requests: 4, tokens: 2 });
      const nearest = Object.fromEntries(named({ requests: 1, tokens: 2 }));
      expect(join(Object.fromEntries(outer), inner)).toEqual(nearest);
      expect(join(Object.fromEntries(inner), outer, outward)).toEqual(nearest);
    },
  );

  test("one name for what remains decides for names that do not match it", () => {
    const fields = (left: number): [string, string][] => [
      ["X-RateLimit-Max", `${left}0`],
      ["X-RateLimit-Remaining", `${left}`],
    ];
    expect(join(Object.fromEntries(fields(1)), fields(4))).toEqual(Object.fromEntries(fields(1)));
  });

  test("a refusal's own replace all", () => {
    expect(join(Object.fromEntries(legacy(0)), legacy(3), joinRefusalFields)["X-RateLimit-Remaining"]).toBe(
      "3",
    );
  });

  test("what is no number does not count", () => {
    expect(join({ "X-RateLimit-Remaining": "none" }, legacy(3))["X-RateLimit-Remaining"]).toBe("3");
  });
});

describe("on the way back, from the inside out,", () => {
  const passing: typeof joinFields = (fields, read) => joinOuterFields(fields, read, false);
  const refused: typeof joinFields = (fields, read) => joinOuterFields(fields, read, true);

  test("case 09: lists are as on the way in: the outer guard first", () => {
    const field = "RateLimit-Policy";
    expect(join({ [field]: '"inner";q=1' }, [[field, '"outer";q=2']], passing)).toEqual({
      [field]: '"outer";q=2, "inner";q=1',
    });
    expect(join({ [field]: "1;w=1" }, [[field, "2;w=2"]], passing)).toEqual({ [field]: "2;w=2, 1;w=1" });
  });

  test("of as much the guard further in is told, and of more or less the one with less", () => {
    const there = { ...Object.fromEntries(legacy(5)), "X-RateLimit-Limit": "7" };
    for (const [ours, limit, left] of [
      [5, "7", "5"],
      [6, "7", "5"],
      [4, "100", "4"],
    ] as const)
      expect(join(there, legacy(ours), passing)).toEqual({
        "X-RateLimit-Limit": limit,
        "X-RateLimit-Remaining": left,
      });
  });

  test.each<[string, HeaderList, HeaderList]>([
    ["less", legacy(4), legacy(5)],
    ["as much", legacy(5), legacy(5)],
    ["more", legacy(6), legacy(5)],
    ["what a template names", [["x-left", "4"]], [["x-left", "5"]]],
    ["another draft", [draft7(1)], [["RateLimit", '"b";r=2;t=2']]],
    ["fields of its own", legacy(1), [draft7(3)]],
  ])("it comes to the same as on the way in, also where the outer guard tells %s", (_name, outer, inner) => {
    const inwards = join(Object.fromEntries(outer), inner);
    expect(join(Object.fromEntries(inner), outer, passing)).toEqual(inwards);
  });

  test("a refusal's own stay, and lists still grow", () => {
    const there = { ...Object.fromEntries(legacy(5)), "RateLimit-Policy": "1;w=1" };
    expect(join(there, [...legacy(0), ["RateLimit-Policy", "2;w=2"]], refused)).toEqual({
      ...there,
      "RateLimit-Policy": "2;w=2, 1;w=1",
    });
  });
});
