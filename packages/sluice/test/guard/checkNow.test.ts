import { expect, test } from "vitest";
import { apiKey, clientIp, guard, type GuardOptions, type RequestInfo } from "../../src/index.ts";

function request(): RequestInfo {
  return {
    method: "GET",
    target: "/",
    remoteAddress: "203.0.113.9",
    header: () => undefined,
    headerLines: () => 0,
    native: {},
  };
}

test("where identity and store answer at once the passage is no promise", () => {
  const { checkNow } = guard({ limits: "1/m", identify: [apiKey("x-api-key"), clientIp()] });
  expect(checkNow(request())).toMatchObject({ reply: undefined, identity: { key: "ip:203.0.113.9" } });
});

test.each<[string, Partial<GuardOptions>]>([
  ["an identity", { identify: async () => "ann" }],
  ["a cost", { cost: async () => 1 }],
  ["skip", { skip: async () => false }],
])("a passage waits for a promise of %s", async (_, options) => {
  const passage = guard({ limits: "1/m", ...options }).checkNow(request());
  expect(passage).toBeInstanceOf(Promise);
  expect(await passage).toMatchObject({ reply: undefined, decided: [{ decision: { allowed: true } }] });
});

test("what a function throws at once is thrown by checkNow, and rejects from check", async () => {
  const { check, checkNow } = guard({
    limits: "1/m",
    cost: () => {
      throw new Error("no cost");
    },
  });
  expect(() => checkNow(request())).toThrow("no cost");
  await expect(check(request())).rejects.toThrow("no cost");
});

test("one native request counts each time it is checked at once, and once with checkNow", async () => {
  const warned: string[] = [];
  const { check, checkNow } = guard({
    limits: "5/m",
    onWarning: ({ code }) => void warned.push(code),
  });
  const same = request();
  const passages = await Promise.all(Array.from({ length: 6 }, () => check(same)));
  expect(passages.filter(({ reply }) => reply === undefined)).toHaveLength(5);
  expect(warned).toEqual([]);
  await checkNow(same);
  expect(warned).toEqual(["MOUNTED_TWICE"]);
});
