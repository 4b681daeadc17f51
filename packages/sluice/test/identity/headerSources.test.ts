import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { apiKey } from "../../src/identity/apiKey.ts";
import { header } from "../../src/identity/header.ts";
import { fakeRequest, ignoreWarnings } from "./fakeRequest.ts";

const SECRET = "sk_live_51Habc";
const invalid = expect.objectContaining({ name: "IdentityError", code: "INVALID_IDENTITY" });

function find(identify: ReturnType<typeof header>, headers: Record<string, string | string[]> = {}) {
  return identify(fakeRequest(headers), ignoreWarnings);
}

test("case 28: an API key is counted by its hash", () => {
  const hash = createHash("sha256").update(SECRET).digest("hex");
  const found = find(apiKey(), { "x-api-key": SECRET });
  expect(found).toEqual({ key: `apikey:${hash.slice(0, 32)}`, group: "default" });
  expect(find(apiKey(), { "x-api-key": ` ${SECRET} ` })).toEqual(found);
  expect(find(apiKey(), { "x-api-key": `${SECRET}d` })).not.toEqual(found);
});

test.each([[[SECRET, "b"]], [`${SECRET}, b`]])(
  "case 28: the error about %j does not hold the API key",
  (value) => {
    expect(() => find(apiKey(), { "x-api-key": value })).toThrow(
      /^the request must have one x-api-key line with one value/,
    );
    expect(() => find(apiKey(), { "x-api-key": value })).not.toThrow(SECRET);
  },
);

test("the header's name is taken in any case, and authorization whole", () => {
  const bearer = find(apiKey("Authorization"), { authorization: `Bearer ${SECRET}` });
  expect(bearer).toMatchObject({ key: expect.stringMatching(/^apikey:[\da-f]{32}$/) });
  expect(find(apiKey("Authorization"), { authorization: SECRET })).not.toEqual(bearer);
});

describe.each([
  ["apiKey", apiKey("authorization")],
  ["header", header("Authorization")],
])("%s of credentials", (_, source) => {
  const keyOf = (authorization: string) => find(source, { authorization });

  test.each(["bearer", "BEARER", "bEaReR"])("does not tell %s from Bearer", (scheme) => {
    expect(keyOf(`${scheme} ${SECRET}`)).toEqual(keyOf(`Bearer ${SECRET}`));
  });

  test("does not tell one blank from several", () => {
    expect(keyOf(`Bearer \t  ${SECRET}`)).toEqual(keyOf(`Bearer ${SECRET}`));
  });

  // What Buffer.from and other lenient readers take for one text.
  test.each([
    "YW5uOnBhc3N+/z8=",
    "YW5uOnBhc3N+/z8",
    "YW5uOnBhc3N-_z8=",
    "YW5uOnBhc3N+/z9=",
    "YW5u.OnBhc3N~+/z8==",
    "YW5uOnBhc3N+/z8=YWRk",
    "YW5uOnBhc3N+/z8====x",
  ])("Basic %s is who its text says", (base64) => {
    expect(Buffer.from(base64, "base64").toString("latin1")).toBe("ann:pass~\xff?");
    expect(keyOf(`BASIC  ${base64}`)).toEqual(keyOf("Basic YW5uOnBhc3N+/z8="));
  });

  test("of Basic a digit too many says nothing", () => {
    expect(Buffer.from("YW5uO", "base64").toString()).toBe("ann");
    expect(keyOf("Basic YW5uO")).toEqual(keyOf("Basic YW5u"));
  });

  test.each(["Ym9iOnBhc3N+/z8=", "yw5uOnBhc3N+/z8=", "A", "!", ""])("Basic %s is somebody else", (base64) => {
    expect(keyOf(`Basic ${base64}`)).not.toEqual(keyOf("Basic YW5uOnBhc3N+/z8="));
  });

  test("tells schemes, and the case of what follows them", () => {
    expect(keyOf(`Basic ${SECRET}`)).not.toEqual(keyOf(`Bearer ${SECRET}`));
    expect(keyOf("Bearer abc")).not.toEqual(keyOf("Bearer ABC"));
    expect(keyOf("abc")).not.toEqual(keyOf("ABC"));
  });
});

test("the values of other headers stay as they are written", () => {
  expect(find(apiKey(), { "x-api-key": "Bearer a" })).not.toEqual(
    find(apiKey(), { "x-api-key": "bearer a" }),
  );
});

test.each([{}, { "x-api-key": "" }, { "x-api-key": " \t " }])("%j holds no API key", (headers) => {
  expect(find(apiKey(), headers)).toBeUndefined();
  expect(find(header("x-api-key"), headers)).toBeUndefined();
});

test("case 29: several lines are refused", () => {
  expect(() => find(apiKey(), { "x-api-key": ["a", "b"] })).toThrow(invalid);
  expect(() => find(apiKey(), { "x-api-key": ["a", "a"] })).toThrow(invalid);
  expect(() => find(header("x-tenant"), { "x-tenant": ["a", "b"] })).toThrow(invalid);
});

test("case 29: joined lines of an API key are refused where a framework cannot tell lines", () => {
  expect(() => find(apiKey(), { "x-api-key": "a, b" })).toThrow(invalid);
  expect(() => find(apiKey(), { "x-api-key": "a," })).toThrow(invalid);
});

test("header takes the value in clear", () => {
  expect(find(header("X-Tenant"), { "x-tenant": " acme:1 " })).toEqual({
    key: "header:x-tenant:acme:1",
    group: "default",
  });
  expect(find(header("user-agent"), { "user-agent": "A (b, c)" })).toMatchObject({
    key: "header:user-agent:A (b, c)",
  });
});

test.each(["authorization", "Cookie", "proxy-authorization", "x-api-key"])(
  "case 28: header(%j) hashes",
  (name) => {
    expect(find(header(name), { [name.toLowerCase()]: SECRET })).toMatchObject({
      key: expect.stringMatching(new RegExp(`^header:${name.toLowerCase()}:[\\da-f]{32}$`)),
    });
  },
);

test.each(["", "x y", "x:y", "é", null, 5])("%j is no header's name", (name) => {
  const error = expect.objectContaining({ code: "INVALID_OPTION" });
  expect(() => header(name as string)).toThrow(error);
  expect(() => apiKey(name as string)).toThrow(error);
});
