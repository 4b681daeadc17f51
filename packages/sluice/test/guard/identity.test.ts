import {
  apiKey,
  clientIp,
  type Found,
  firstOf,
  type GuardOptions,
  header,
  IdentityError,
  type IdentitySource,
  type Instead,
  memoryStore,
  type Reply,
} from "sluice";
import { afterEach, describe, expect, test, vi } from "vitest";
import { settle, testGuard } from "./ask.ts";

afterEach(() => void vi.restoreAllMocks());

const refusal: Reply = { status: 401, headers: [["X-Why", "nobody"]], body: "who are you?" };
const nobody: IdentitySource = () => undefined;

describe("onMissingIdentity", () => {
  test('"throw", the default, rejects with MISSING_IDENTITY', async () => {
    const thrown = expect.objectContaining({ code: "MISSING_IDENTITY", status: 500 }) as Error;
    await expect(testGuard({ limits: "1/m", identify: nobody }).ask("GET /")).rejects.toThrow(thrown);
    await expect(
      testGuard({ limits: "1/m", identify: nobody, onMissingIdentity: "throw" }).ask("GET /"),
    ).rejects.toThrow(IdentityError);
  });

  test('"skip" lets the request pass, uncounted', async () => {
    const guarded = testGuard({ limits: "1/m", identify: nobody, onMissingIdentity: "skip" });
    expect(await guarded.admits("GET /")).toBe(100);
    expect((await guarded.ask("GET /")).headers).toEqual([]);
  });

  test('"shared" counts all of them as one', async () => {
    const guarded = testGuard({ limits: "3/m", identify: nobody, onMissingIdentity: "shared" });
    expect(await guarded.admits("GET /", { address: "203.0.113.1" })).toBe(3);
    expect(await guarded.status("GET /", { address: "203.0.113.2" })).toBe(429);
  });

  test("a function answers an identity, with or without a group", async () => {
    const guarded = testGuard({
      rules: [{ group: "guest", limits: "1/m" }, { limits: "2/m" }],
      identify: nobody,
      onMissingIdentity: async ({ remoteAddress }) =>
        ({
          key: `guest:${remoteAddress}`,
          ...(remoteAddress === "203.0.113.1" && { group: "guest" }),
        }) as Instead,
    });
    expect(await guarded.admits("GET /", { address: "203.0.113.1" })).toBe(1);
    expect(await guarded.admits("GET /", { address: "203.0.113.2" })).toBe(2);
  });

  test("a function answers a reply", async () => {
    const guarded = testGuard({ limits: "1/m", identify: nobody, onMissingIdentity: () => refusal });
    expect(await guarded.ask("GET /")).toEqual({
      reply: refusal,
      headers: [],
      identity: undefined,
      decided: [],
    });
  });

  test("case 56: a function that answers nothing is no permission to pass", async () => {
    const guarded = testGuard({ limits: "1/m", identify: nobody, onMissingIdentity: () => undefined });
    await expect(guarded.ask("GET /")).rejects.toThrow(
      expect.objectContaining({ code: "MISSING_IDENTITY" }) as Error,
    );
  });

  test.each([{}, { key: "" }, { key: 5 }, "", 7, [], { status: 700, headers: [], body: "" }, new Response()])(
    "case 27: a function that answers %o is an error, never a shared bucket",
    async (answer) => {
      const onMissingIdentity = () => answer as unknown as Instead;
      const guarded = testGuard({ limits: "1/m", identify: nobody, onMissingIdentity });
      await expect(guarded.ask("GET /")).rejects.toThrow(
        expect.objectContaining({ code: "INVALID_IDENTITY" }) as Error,
      );
    },
  );

  test("a reply is told what is wrong with it, and its fields may be a record", async () => {
    const of = (answer: unknown) =>
      testGuard({ limits: "1/m", identify: nobody, onMissingIdentity: () => answer as Instead }).ask("GET /");
    await expect(of({ status: 401 })).rejects.toThrow(
      "onMissingIdentity must return an identity or a reply { status, headers, body }: its headers must be a list",
    );
    await expect(of({ status: 401, headers: [] })).rejects.toThrow("its body must be text, not undefined");
    const { reply } = await of({ status: 401, headers: { "X-Why": "nobody" }, body: "who?" });
    expect(reply).toEqual({ status: 401, headers: [["X-Why", "nobody"]], body: "who?" });
  });

  test("case 28: the error shows the path, not the query", async () => {
    const error = await testGuard({ limits: "1/m", identify: nobody })
      .ask("POST http://h/login?token=s3cret")
      .catch((thrown: unknown) => String(thrown));
    expect(error).toContain("POST /login;");
    expect(error).not.toContain("s3cret");
  });

  test("case 23: a Unix socket has no address, which is a clear error at the first request", async () => {
    const onWarning = vi.fn<(warning: { code: string }) => void>();
    const guarded = testGuard({ limits: "1/m", identify: clientIp(), onWarning });
    await expect(guarded.ask("GET /", { address: undefined })).rejects.toThrow(
      expect.objectContaining({ code: "MISSING_IDENTITY" }) as Error,
    );
    expect(onWarning).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "ADDRESS_MISSING" }));
  });
});

describe("onIdentityError", () => {
  const failure = new Error("session store is down");
  const broken: IdentitySource = () => Promise.reject(failure);

  test("without it the error goes its way", async () => {
    await expect(testGuard({ limits: "1/m", identify: broken }).ask("GET /")).rejects.toBe(failure);
  });

  test("answers an identity", async () => {
    const onIdentityError = vi.fn<GuardOptions["onIdentityError"] & object>((_error, { remoteAddress }) => ({
      key: `ip:${remoteAddress}`,
      group: "default",
    }));
    expect(await testGuard({ limits: "2/m", identify: broken, onIdentityError }).admits("GET /")).toBe(2);
    expect(onIdentityError).toHaveBeenCalledWith(failure, expect.objectContaining({ target: "/" }));
  });

  test("answers a reply", async () => {
    const guarded = testGuard({ limits: "2/m", identify: broken, onIdentityError: async () => refusal });
    expect((await guarded.ask("GET /")).reply).toEqual(refusal);
  });

  test("case 56: that answers nothing lets the error go its way", async () => {
    const guarded = testGuard({ limits: "2/m", identify: broken, onIdentityError: () => undefined });
    await expect(guarded.ask("GET /")).rejects.toBe(failure);
  });

  test("case 56: that throws or rejects is an error", async () => {
    const other = new Error("other");
    const throwing = () => {
      throw other;
    };
    for (const onIdentityError of [throwing, () => Promise.reject(other)]) {
      await expect(testGuard({ limits: "2/m", identify: broken, onIdentityError }).ask("GET /")).rejects.toBe(
        other,
      );
    }
  });

  test("is not asked where nobody is missing", async () => {
    const onIdentityError = vi.fn<() => undefined>();
    await testGuard({ limits: "2/m", onIdentityError }).ask("GET /");
    expect(onIdentityError).not.toHaveBeenCalled();
  });
});

describe("an identity function", () => {
  const bad: unknown[] = [Number.NaN, {}, "", "  ", 5, true, [], { key: null }, { key: "a", group: "" }];
  test.each(bad)("case 27: that answers %o is an error, never a shared bucket", async (answer) => {
    for (const identify of [() => answer as Found, async () => answer as Found]) {
      await expect(testGuard({ limits: "1/m", identify }).ask("GET /")).rejects.toThrow(
        expect.objectContaining({ code: "INVALID_IDENTITY" }) as Error,
      );
    }
  });

  test.each([undefined, null])("case 27: that answers %o finds nobody", async (answer) => {
    await expect(testGuard({ limits: "1/m", identify: () => answer }).ask("GET /")).rejects.toThrow(
      expect.objectContaining({ code: "MISSING_IDENTITY" }) as Error,
    );
  });

  test("case 56: that throws at once or late is an error", async () => {
    const failure = new Error("late");
    const sync: IdentitySource = () => {
      throw failure;
    };
    const late: IdentitySource = async () => {
      await settle();
      throw failure;
    };
    for (const identify of [sync, late, [nobody, late], firstOf(nobody, sync)]) {
      await expect(testGuard({ limits: "1/m", identify }).ask("GET /")).rejects.toBe(failure);
    }
  });
});

describe("API keys", () => {
  const identify = [apiKey(), clientIp()];

  test("case 28: appear nowhere in 100 requests", async () => {
    const secret = "sk-live-0123456789";
    const log = ["log", "warn", "error", "info"] as const;
    const spies = log.map((name) => vi.spyOn(console, name).mockImplementation(() => undefined));
    const guarded = testGuard({ limits: "50/m", identify, partitionKey: true, store: memoryStore() });
    for (let i = 0; i < 100; i++) {
      const passage = await guarded.ask("GET /", {
        headers: { "x-api-key": secret, "x-forwarded-for": "6.6.6.6" },
      });
      expect(JSON.stringify(passage)).not.toContain(secret);
    }
    expect(JSON.stringify(spies.map(({ mock }) => mock.calls))).not.toContain(secret);
  });

  test("case 29: on two lines are refused, and are no new identity", async () => {
    const guarded = testGuard({ limits: "1/m", identify });
    const twice = { headers: { "x-api-key": ["a", "b"] } };
    const refused = expect.objectContaining({ code: "INVALID_IDENTITY", status: 400 }) as Error;
    await expect(guarded.ask("GET /", twice)).rejects.toThrow(refused);
    await expect(guarded.ask("GET /", { headers: { "x-api-key": "a, b" } })).rejects.toThrow(refused);
    expect(await guarded.admits("GET /", { headers: { "x-api-key": "a" } })).toBe(1);
  });
});

const throwing = (): never => {
  throw new Error("no");
};
const rejecting = (): Promise<never> => Promise.reject(new Error("no"));

describe("warnings", () => {
  test("are told once for each code", async () => {
    const codes: string[] = [];
    const guarded = testGuard({
      limits: "9/m",
      identify: clientIp(),
      onWarning: ({ code }) => void codes.push(code),
    });
    for (let i = 0; i < 5; i++) await guarded.ask("GET /", { headers: { "x-forwarded-for": `6.6.6.${i}` } });
    expect(codes).toEqual(["FORWARDED_UNTRUSTED"]);
  });

  test("go to the console without a listener", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const guarded = testGuard({ limits: "9/m", identify: clientIp() });
    await guarded.ask("GET /", { headers: { "x-forwarded-for": "6.6.6.6" } });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("FORWARDED_UNTRUSTED"));
  });

  test("case 56: a listener that throws or rejects stops no request", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const onWarning of [throwing, rejecting]) {
      const guarded = testGuard({ limits: "9/m", identify: clientIp(), onWarning });
      expect(await guarded.status("GET /", { headers: { "x-forwarded-for": "6.6.6.6" } })).toBe(200);
    }
    await settle();
    expect(error).toHaveBeenCalledTimes(2);
  });
});

test("case 14: 1,000 requests with changing forwarded headers are one client", async () => {
  const guarded = testGuard({ limits: "2000/m", identify: clientIp(), onWarning: () => undefined });
  for (let i = 1; i <= 1000; i++) {
    const address = `9.9.${i >> 8}.${i & 255}`;
    const headers = {
      "x-forwarded-for": address,
      forwarded: `for=${address}`,
      "x-real-ip": address,
      "cf-connecting-ip": address,
    };
    expect(await guarded.remaining("GET /", { headers })).toBe(2000 - i);
  }
});

const claims: IdentitySource = ({ header }) =>
  header("authorization") === "Bearer good" ? "user:victim" : undefined;

test("case 54: a token that nobody verified is no identity: the address counts, and the victim's key stands still", async () => {
  const guarded = testGuard({ limits: "2/m", identify: [claims, clientIp()] });
  const forged = { headers: { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ2aWN0aW0ifQ." } };
  expect(await guarded.admits("GET /", forged)).toBe(2);
  expect(await guarded.admits("GET /", { headers: { authorization: "Bearer good" } })).toBe(2);
});

test("keys of two sources do not meet: a header cannot spell an address", async () => {
  const guarded = testGuard({ limits: "1/m", identify: [header("x-tenant"), clientIp()] });
  expect(await guarded.admits("GET /")).toBe(1);
  expect(await guarded.admits("GET /", { headers: { "x-tenant": "ip:203.0.113.9" } })).toBe(1);
});
