import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apiKey } from "../../src/identity/apiKey.ts";
import { clientIp } from "../../src/identity/clientIp.ts";
import { combine } from "../../src/identity/combine.ts";
import { custom } from "../../src/identity/custom.ts";
import { firstOf } from "../../src/identity/firstOf.ts";
import { identify } from "../../src/identity/identify.ts";
import type { Identify, IdentitySource } from "../../src/identity/Identity.ts";
import { needsAddress } from "../../src/identity/source.ts";
import { fakeRequest, ignoreWarnings } from "./fakeRequest.ts";

const run = (source: Identify, headers: Record<string, string | string[]> = {}) =>
  source(fakeRequest(headers), ignoreWarnings);
const nobody = () => undefined;
const later =
  <A>(value: A) =>
  async () =>
    value;
const never = () => {
  throw new Error("asked");
};
const group = (name: string) => () => ({ key: name, group: name });
const both = (a: string, b: string) => run(combine(later(a), () => b)) as Promise<{ key: string }>;
const invalidOption = expect.objectContaining({ name: "ConfigurationError", code: "INVALID_OPTION" });

describe("firstOf", () => {
  test("the first that finds somebody answers, and no later one is asked", () => {
    expect(run(firstOf(nobody, () => "a", never))).toEqual({ key: "a", group: "default" });
    expect(run(firstOf(nobody, nobody))).toBeUndefined();
  });

  test("sources may answer later", async () => {
    await expect(run(firstOf(later(undefined), nobody, later("a")))).resolves.toEqual({
      key: "a",
      group: "default",
    });
    await expect(run(firstOf(nobody, later(null)))).resolves.toBeUndefined();
  });

  test("an API key comes before the address, and the address where there is none", () => {
    const source = firstOf(apiKey(), clientIp());
    expect(run(source)).toEqual({ key: "ip:127.0.0.1", group: "default" });
    expect(run(source, { "x-api-key": "a" })).toMatchObject({ key: expect.stringMatching(/^apikey:/) });
  });

  test("case 29: a refused API key does not become an address", () => {
    const source = firstOf(apiKey(), clientIp());
    expect(() => run(source, { "x-api-key": ["a", "b"] })).toThrow(
      expect.objectContaining({ code: "INVALID_IDENTITY" }),
    );
  });
});

describe("combine", () => {
  test("all keys are joined, and the first group that says something counts", () => {
    expect(
      run(
        combine(
          () => "a",
          () => "b",
        ),
      ),
    ).toEqual({ key: "a|b", group: "default" });
    expect(run(combine(() => "a", group("pro"), group("free")))).toEqual({ key: "a|pro|free", group: "pro" });
  });

  test("nobody is found unless every source finds somebody", async () => {
    expect(run(combine(() => "a", nobody))).toBeUndefined();
    await expect(run(combine(later(undefined), () => "a"))).resolves.toBeUndefined();
  });

  test("case 25: (a:b, c) and (a, b:c) are two", async () => {
    expect(await both("a:b", "c")).not.toEqual(await both("a", "b:c"));
    expect(await both("a|b", "c")).not.toEqual(await both("a", "b|c"));
    expect(await both("a\\", "b")).not.toEqual(await both("a", "\\b"));
  });

  test("case 25: keys are equal if and only if the parts are", async () => {
    const part = fc
      .oneof(
        fc.string({ unit: "binary" }),
        fc.array(fc.constantFrom("a", "|", "\\", ":", "\ud83d", "\ude00")).map((units) => units.join("")),
      )
      .filter((text) => text.trim() !== "");
    await fc.assert(
      fc.asyncProperty(part, part, part, part, async (a, b, c, d) => {
        const same = a === c && b === d;
        expect((await both(a, b)).key === (await both(c, d)).key).toBe(same);
        expect((await both(a, b)).key).toBe((await both(a, b)).key);
      }),
      { numRuns: 2000 },
    );
  });

  test("case 25: nesting is told apart", () => {
    const one = combine(
      combine(
        () => "a",
        () => "b",
      ),
      () => "c",
    );
    const other = combine(
      () => "a",
      combine(
        () => "b",
        () => "c",
      ),
    );
    expect(run(one)).not.toEqual(run(other));
    expect(run(one)).not.toEqual(
      run(
        combine(
          () => "a",
          () => "b",
          () => "c",
        ),
      ),
    );
  });
});

test.each([firstOf, combine])("%o needs at least two sources", (many) => {
  expect(() => many()).toThrow(invalidOption);
  expect(() => many(clientIp())).toThrow(invalidOption);
  expect(() => many(clientIp(), "ip" as unknown as IdentitySource)).toThrow(invalidOption);
});

describe("identify", () => {
  test("a source stays itself, a function is checked, a list is asked in order", () => {
    const source = clientIp();
    expect(identify(source)).toBe(source);
    expect(identify([source])).toBe(source);
    expect(run(identify(() => "a"))).toEqual({ key: "a", group: "default" });
    expect(() => run(identify(() => 5 as unknown as string))).toThrow(
      expect.objectContaining({ code: "INVALID_IDENTITY" }),
    );
    expect(run(identify([nobody, () => "a", source]))).toEqual({ key: "a", group: "default" });
  });

  test("a list that changes later changes nothing", () => {
    const list: IdentitySource[] = [nobody, () => "a"];
    const source = identify(list);
    list[0] = () => "b";
    expect(run(source)).toEqual({ key: "a", group: "default" });
  });

  test.each([[[]], ["ip"], [undefined], [[[clientIp()]]], [[undefined, clientIp()]]])(
    "%j throws",
    (value) => {
      expect(() => identify(value as unknown as IdentitySource)).toThrow(invalidOption);
    },
  );
});

test("case 22: what needs the peer's address says so", () => {
  expect(needsAddress(clientIp())).toBe(true);
  expect(needsAddress(firstOf(apiKey(), clientIp()))).toBe(true);
  expect(needsAddress(combine(clientIp(), () => "a"))).toBe(true);
  expect(needsAddress(identify([apiKey(), clientIp()]))).toBe(true);
  expect(needsAddress(apiKey())).toBe(false);
  expect(needsAddress(custom(() => "a"))).toBe(false);
  expect(needsAddress(() => "a")).toBe(false);
});
