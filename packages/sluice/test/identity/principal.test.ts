import { clientIp, type Principal, principal } from "sluice";
import { describe, expect, test } from "vitest";
import { request, testGuard } from "../guard/ask.ts";
import { ignoreWarnings } from "./fakeRequest.ts";

interface Native {
  user?: { id: string | number; plan?: string };
}

const run = (find: (native: Native) => Principal | Promise<Principal>, native: Native = {}) =>
  principal(find)(request("GET /", { native }), ignoreWarnings);

test("the account that the application has verified is counted, with its group", async () => {
  const plans = principal(({ user }: Native) => user && { key: user.id, group: user.plan });
  const of = (native: Native) => plans(request("GET /", { native }), ignoreWarnings);
  expect(of({ user: { id: 42, plan: "pro" } })).toEqual({ key: "user:42", group: "pro" });
  expect(of({ user: { id: "42" } })).toEqual({ key: "user:42", group: "default" });
  expect(of({})).toBeUndefined();
});

test("an id alone will do, now or later", async () => {
  expect(run(({ user }) => user?.id, { user: { id: 7 } })).toEqual({ key: "user:7", group: "default" });
  expect(run(() => 10n ** 20n)).toEqual({ key: "user:100000000000000000000", group: "default" });
  expect(run(() => null)).toBeUndefined();
  await expect(run(async () => "ann")).resolves.toEqual({ key: "user:ann", group: "default" });
  await expect(run(async () => undefined)).resolves.toBeUndefined();
});

test("no account can spell the key of another source", async () => {
  const guarded = testGuard({
    limits: "1/m",
    identify: [principal(({ user }: Native) => user?.id), clientIp()],
  });
  const statuses = [];
  for (const user of [{ id: "ip:203.0.113.9" }, undefined, { id: "ip:203.0.113.9" }, undefined]) {
    statuses.push(await guarded.status("GET /", { native: { user } }));
  }
  expect(statuses).toEqual([200, 200, 429, 429]);
});

describe("case 27: anything else is an error, never a shared bucket", () => {
  const wrong: unknown[] = [
    "",
    " ",
    Number.NaN,
    1.5,
    Infinity,
    true,
    {},
    [],
    { key: "" },
    { key: null },
    { key: {} },
  ];
  wrong.push({ key: "a", group: " " }, { key: "a", group: 5 }, { key: "a", group: ["admin"] }, Symbol("a"));
  test.each(wrong.map((answer) => ({ answer })))("%o", async ({ answer }) => {
    const invalid = expect.objectContaining({ code: "INVALID_IDENTITY", status: 500 });
    expect(() => run(() => answer as Principal)).toThrow(invalid);
    await expect(run(async () => answer as Principal)).rejects.toThrow(invalid);
  });

  test("the error tells the kind of what was found", () => {
    expect(() => run(() => " ")).toThrow(", not a blank string");
    expect(() => run(() => 1234.5)).toThrow(", not such a number");
  });

  test("the error does not show what was found", () => {
    expect(() => run(() => ({ key: { email: "ann@shop.test" } }) as unknown as Principal)).not.toThrow(
      "ann@",
    );
    expect(() => run(() => 1234.5)).not.toThrow("1234");
  });
});

test("case 56: what throws or rejects is an error of identity", async () => {
  const failure = new Error("no passport");
  const throwing = () => {
    throw failure;
  };
  for (const find of [throwing, () => Promise.reject(failure)]) {
    const identify = [principal(find), clientIp()];
    await expect(testGuard({ limits: "1/m", identify }).ask("GET /")).rejects.toBe(failure);
    const onIdentityError = () => ({ key: "nobody", group: "default" });
    expect(await testGuard({ limits: "1/m", identify, onIdentityError }).admits("GET /")).toBe(1);
  }
});

test.each([undefined, null, "user", {}])("%j is no function", (find) => {
  expect(() => principal(find as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
});
