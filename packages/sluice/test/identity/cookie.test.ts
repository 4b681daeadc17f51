import { createHash } from "node:crypto";
import { cookie } from "sluice";
import { describe, expect, test } from "vitest";
import { fakeRequest, ignoreWarnings } from "./fakeRequest.ts";

const SECRET = "s3cret.session-id";
const invalid = expect.objectContaining({ name: "IdentityError", code: "INVALID_IDENTITY", status: 400 });

function find(value: string | string[] | undefined, options?: { secret?: boolean }, name = "sid") {
  return cookie(name, options)(fakeRequest(value === undefined ? {} : { cookie: value }), ignoreWarnings);
}

const clear = (value: string, name?: string) =>
  (find(value, { secret: false }, name) as { key: string } | undefined)?.key;

test("case 28: a cookie is counted by its hash", () => {
  const hash = createHash("sha256").update(SECRET).digest("hex").slice(0, 32);
  expect(find(`a=b; sid=${SECRET}`)).toEqual({ key: `cookie:sid:${hash}`, group: "default" });
  expect(find("sid=x")).not.toEqual(find("sid=y"));
});

test("in clear if it is no secret", () => {
  expect(clear("tenant=acme", "tenant")).toBe("cookie:tenant:acme");
});

test.each([
  "",
  ";",
  "=",
  "=x",
  "sid",
  "sid=",
  'sid=""',
  "sid= ",
  "sid=%20",
  "SID=x",
  "xsid=x",
  "sid2=x",
  "a=sid=x",
  ";;;",
])("the header %j has no such cookie", (value) => {
  expect(find(value)).toBeUndefined();
  expect(find(undefined)).toBeUndefined();
});

test.each([
  "sid=abc",
  " sid = abc ",
  'sid="abc"',
  "sid=%61bc",
  "a=b;sid=abc;c=d",
  "a;sid=abc",
  'sid="%61%62c"',
  "a=;sid=abc;",
])("one cookie has one bucket, also if it is spelt %j", (value) => {
  expect(clear(value)).toBe("cookie:sid:abc");
});

test("what cannot be decoded stays as it is", () => {
  expect(clear("sid=%zz")).toBe("cookie:sid:%zz");
  expect(clear("sid=a=b==")).toBe("cookie:sid:a=b==");
});

describe("case 29: several cookies of one name are refused, and not shown", () => {
  test.each([
    "sid=a; sid=b",
    "sid=a; sid=a",
    "sid=; sid=b",
    "sid=a;sid=",
    'sid=a; x=y; sid="b"',
    "sid=a;sid = b",
  ])("%j", (value) => {
    expect(() => find(value)).toThrow(invalid);
  });

  test("in several lines too", () => {
    expect(() => find([`sid=${SECRET}`, "sid=b"])).toThrow(invalid);
    expect(() => find([`sid=${SECRET}`, "sid=b"])).not.toThrow(SECRET);
  });
});

test.each(["sid=a b", "sid=a,b", 'sid=a"b', 'sid="a', "sid=a\\b", "sid=é", "sid=a\tb", "sid=a\0"])(
  "the malformed value %j is refused",
  (value) => {
    expect(() => find(value)).toThrow(invalid);
  },
);

test.each(["__proto__", "constructor", "toString"])("case 26: %s is a name like any other", (name) => {
  expect(clear("a=b", name)).toBeUndefined();
  expect(clear(`${name}=x`, name)).toBe(`cookie:${name}:x`);
});

test("case 24: a header of 100,000 empty cookies, or one cookie of a megabyte, is read once through", () => {
  expect(clear(`${"a;".repeat(50_000)}sid=x`)).toBe("cookie:sid:x");
  expect(clear(`${"=".repeat(1_000_000)}; sid=x`)).toBe("cookie:sid:x");
});

test.each(["", "a b", "a;b", "a=b", "é", null, 5])("%j is no cookie's name", (name) => {
  expect(() => cookie(name as string)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
});

test.each([
  [{ secret: "no" }, "INVALID_OPTION"],
  [{ hash: true }, "UNKNOWN_OPTION"],
  [null, "INVALID_OPTION"],
])("options %j are refused", (options, code) => {
  expect(() => cookie("sid", options as object)).toThrow(expect.objectContaining({ code }));
});
