import { describe, expect, test } from "vitest";
import { isSluiceError } from "../../src/errors/SluiceError.ts";
import { clientIp } from "../../src/identity/clientIp.ts";
import { custom } from "../../src/identity/custom.ts";
import type { IdentitySource } from "../../src/identity/Identity.ts";
import { fakeRequest, ignoreWarnings, keepWarnings } from "./fakeRequest.ts";

const number = async () => 4111 as unknown as string;
const find = (source: IdentitySource) => custom(source)(fakeRequest(), ignoreWarnings);

test("a string is a key, an object a key and a group", () => {
  expect(find(() => "user:42")).toEqual({ key: "user:42", group: "default" });
  expect(find(() => ({ key: "42" }))).toEqual({ key: "42", group: "default" });
  expect(find(() => ({ key: "42", group: "pro" }))).toEqual({ key: "42", group: "pro" });
  expect(find(() => ({ key: "42", group: undefined }))).toEqual({ key: "42", group: "default" });
  expect(find(() => ({ key: "42", group: null }))).toEqual({ key: "42", group: "default" });
});

test("a promise stays one, anything else is answered at once", async () => {
  expect(find(() => "a")).not.toBeInstanceOf(Promise);
  await expect(find(async () => "a")).resolves.toEqual({ key: "a", group: "default" });
  await expect(find(async () => null)).resolves.toBeUndefined();
  // oxlint-disable-next-line unicorn/no-thenable
  const thenable = { then: (use: (key: string) => void) => use("a") } as unknown as Promise<string>;
  await expect(find(() => thenable)).resolves.toEqual({ key: "a", group: "default" });
});

test("it gets the request and may warn", () => {
  const { warn, warnings } = keepWarnings();
  const source = custom((request, tell) => {
    tell({ code: "MINE", message: "mine" });
    return request.header("x-user");
  });
  expect(source(fakeRequest({ "x-user": "ada" }), warn)).toEqual({ key: "ada", group: "default" });
  expect(warnings).toEqual([{ code: "MINE", message: "mine" }]);
});

test("it may ask a source of this library, with the request alone or with all that it gets", () => {
  const forged = fakeRequest({ "x-forwarded-for": "8.8.8.8" });
  const peer = { key: "ip:127.0.0.1", group: "default" };
  expect(clientIp()(forged)).toEqual(peer);
  const { warn, warnings } = keepWarnings();
  expect(custom((request) => clientIp()(request))(forged, warn)).toEqual(peer);
  expect(warnings).toEqual([]);
  expect(custom((request, tell) => clientIp()(request, tell))(forged, warn)).toEqual(peer);
  expect(warnings.map(({ code }) => code)).toEqual(["FORWARDED_UNTRUSTED"]);
});

test("what it throws reaches the caller as it is", async () => {
  const failure = new Error("session store is down");
  const fail = () => {
    throw failure;
  };
  expect(() => find(fail)).toThrow(failure);
  await expect(find(() => Promise.reject(failure))).rejects.toBe(failure);
});

describe("case 27: what cannot be counted", () => {
  test.each([undefined, null])("%j is nobody", (nothing) => {
    expect(find(() => nothing)).toBeUndefined();
  });

  // oxfmt-ignore
  test.each([
    Number.NaN, 0, 42, 7n, true, false, "", "  ", Symbol("s"), () => "a", [], ["a"], {}, { key: "" }, { key: 42 },
    { key: undefined }, { key: "a", group: "" }, { key: "a", group: 7 }, { group: "pro" },
  ])("%o is refused with a typed error", async (value) => {
    const source = () => value as unknown as string;
    const invalid = expect.objectContaining({ name: "IdentityError", code: "INVALID_IDENTITY" });
    expect(() => find(source)).toThrow(invalid);
    await expect(find(async () => source())).rejects.toThrow(invalid);
  });

  test.each([
    [" ", "a blank string"],
    [Number.NaN, "NaN"],
    [7, "a number"],
    [7n, "a bigint"],
    [undefined, "undefined"],
  ])("the error for a key of %o tells its kind", (key, kind) => {
    const source = () => ({ key }) as unknown as { key: string };
    expect(() => find(source)).toThrow(`a non-blank string, not ${kind}`);
  });

  test("the error is ours and does not hold the value", async () => {
    const error: unknown = await Promise.resolve(find(number)).catch((caught: unknown) => caught);
    expect(isSluiceError(error)).toBe(true);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain("4111");
  });
});

test("a source of this library is returned unchanged", () => {
  const source = clientIp();
  expect(custom(source)).toBe(source);
});

test.each([undefined, null, "ip", {}, 5])("%j is no source", (value) => {
  const error = expect.objectContaining({ name: "ConfigurationError", code: "INVALID_OPTION" });
  expect(() => custom(value as IdentitySource)).toThrow(error);
});
