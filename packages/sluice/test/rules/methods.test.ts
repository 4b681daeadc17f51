import { describe, expect, test } from "vitest";
import { methodSet } from "../../src/rules/methodSet.ts";

describe("methodSet", () => {
  test("case 31: GET includes HEAD, and not the other way round", () => {
    expect(methodSet("GET").has("HEAD")).toBe(true);
    expect(methodSet(["post", "get"]).has("HEAD")).toBe(true);
    expect(methodSet("HEAD").has("GET")).toBe(false);
    expect(methodSet("POST").has("HEAD")).toBe(false);
  });

  test("case does not matter, in the rule and in the request", () => {
    expect(methodSet("Post").has("POST")).toBe(true);
    expect(methodSet("POST").has("post")).toBe(true);
    expect(methodSet("GET").has("POST")).toBe(false);
    expect(methodSet(["GET", "PROPFIND"]).has("PROPFIND")).toBe(true);
  });

  test("none given and * are all methods", () => {
    for (const methods of [undefined, "*", ["*"], ["GET", "*"]]) {
      expect(methodSet(methods).has("BREW")).toBe(true);
      expect(methodSet(methods).text).toBe("*");
    }
  });

  test.each([
    ["get", "GET"],
    ["head", "HEAD"],
    [["POST", "GET", "post"], "GET,POST"],
    [["GET", "HEAD"], "GET"],
    [["POST", "HEAD"], "HEAD,POST"],
    ["m-search", "M-SEARCH"],
  ])("the text of %j is %s", (methods, text) => {
    expect(methodSet(methods).text).toBe(text);
  });

  test.each([
    ["GET, POST", "GET, POST", ["GET", "POST"]],
    ["GET ", "GET ", "GET"],
    [["POST", "a/b"], "a/b", undefined],
    ["", "", undefined],
    [[], [], undefined],
    [[5], 5, undefined],
    [null, null, undefined],
    [5, 5, undefined],
    ["GÉT", "GÉT", undefined],
  ])("%j is refused", (methods, value, nearest) => {
    expect(() => methodSet(methods as string)).toThrowError(
      expect.objectContaining({
        name: "ConfigurationError",
        code: "INVALID_PATTERN",
        value,
        nearest,
      }) as Error,
    );
  });
});
