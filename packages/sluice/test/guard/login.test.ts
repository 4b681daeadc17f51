import { Redis } from "ioredis";
import {
  guard,
  type Login,
  login,
  type LoginOptions,
  memoryStore,
  type Passage,
  type RequestInfo,
} from "sluice";
import { redisStore } from "sluice/redis";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { request } from "./ask.ts";
import { stillClock } from "./stillClock.ts";

interface Native {
  body?: { account?: unknown };
}

const account = ({ native }: RequestInfo) => (native as Native).body?.account as string;

interface Attempt {
  readonly native: Native;
  readonly passage: Passage;
  readonly status: number;
}

interface TestLogin extends Login {
  readonly clock: ReturnType<typeof stillClock>;
  attempt(name: unknown, address?: string, line?: string): Promise<Attempt>;
  /** How many attempts in a row pass, at most 50. */
  admits(name: unknown, address?: string): Promise<number>;
}

function testLogin(options: Partial<LoginOptions> = {}): TestLogin {
  const clock = stillClock();
  const made = login({ account, store: memoryStore({ clock }), ...options });
  const guarded = guard(made.options);
  const attempt: TestLogin["attempt"] = async (name, address = "203.0.113.9", line = "POST /login") => {
    const native: Native = { body: { account: name } };
    const passage = await guarded.check(request(line, { native, address }));
    return { native, passage, status: passage.reply?.status ?? 200 };
  };
  const admits: TestLogin["admits"] = async (name, address) => {
    let admitted = 0;
    while (admitted < 50 && (await attempt(name, address)).status === 200) admitted++;
    return admitted;
  };
  return { ...made, clock, attempt, admits };
}

const addressOf = (i: number) => `198.51.${i >> 8}.${i & 255}`;

describe("limits", () => {
  test("5 per 15 minutes for an account, from whatever addresses", async () => {
    const tested = testLogin();
    let passed = 0;
    for (let i = 0; i < 40; i++) if ((await tested.attempt("ann", addressOf(i))).status === 200) passed++;
    expect(passed).toBe(5);
    expect(await tested.admits("bob")).toBe(5);
    tested.clock.advance(30 * 60_000);
    expect(await tested.admits("ann")).toBe(5);
  });

  test("10 a minute and 100 an hour for an address, whatever the accounts", async () => {
    const tested = testLogin();
    let passed = 0;
    for (let i = 0; i < 40; i++) if ((await tested.attempt(`user${i}`)).status === 200) passed++;
    expect(passed).toBe(10);
    for (let minute = 0; minute < 40; minute++) {
      tested.clock.advance(90_000);
      for (let i = 0; i < 20; i++) if ((await tested.attempt(`u${minute}x${i}`)).status === 200) passed++;
    }
    expect(passed).toBe(100);
  });

  test("others by choice, and another source of addresses", async () => {
    const tested = testLogin({ perAddress: "3/m", perAccount: ["2/m", "4/h"], address: () => "everybody" });
    expect(await tested.admits("ann")).toBe(2);
    expect(await tested.admits("bob", "203.0.113.10")).toBe(0);
  });

  test("guesses at once are charged before any of them is looked at", async () => {
    const tested = testLogin();
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => tested.attempt("ann", addressOf(i))));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(5);
  });

  test("an address that is refused charges no account: it cannot lock others out", async () => {
    const tested = testLogin({ perAddress: "2/m" });
    for (let i = 0; i < 9; i++) await tested.attempt("ann", "203.0.113.66");
    expect(await tested.admits("ann", "203.0.113.1")).toBe(2);
    expect(await tested.admits("ann", "203.0.113.2")).toBe(1);
  });

  test("only of credentials: other methods and paths pass", async () => {
    const tested = testLogin({ path: "/login" });
    for (let i = 0; i < 20; i++) {
      expect((await tested.attempt(undefined, "203.0.113.9", "GET /login")).status).toBe(200);
      expect((await tested.attempt(undefined, "203.0.113.9", "POST /logout")).status).toBe(200);
    }
    expect(await tested.admits("ann")).toBe(5);
  });

  test("spellings of the path do not avoid it", async () => {
    const tested = testLogin({ path: "/login" });
    const spellings = ["/login", "/LOGIN", "/login/", "//login", "/%6cogin", "/a/../login", "/./login"];
    let passed = 0;
    for (const path of spellings) {
      if ((await tested.attempt("ann", "203.0.113.9", `POST ${path}`)).status === 200) passed++;
    }
    expect(passed).toBe(5);
  });
});

describe("success", () => {
  test("resets the account", async () => {
    const tested = testLogin();
    for (let i = 0; i < 4; i++) await tested.attempt("ann", addressOf(i));
    const { native } = await tested.attempt("Ann ", addressOf(4));
    await tested.succeeded(native);
    expect(await tested.admits("ann", addressOf(5))).toBe(5);
  });

  test("does not reset the address, so an account of one's own buys no guesses at others", async () => {
    const tested = testLogin();
    let guesses = 0;
    for (let i = 0; i < 30; i++) {
      if ((await tested.attempt(`victim${i}`)).status === 200) guesses++;
      const own = await tested.attempt("mallory");
      if (own.status === 200) await tested.succeeded(own.native);
    }
    expect(guesses).toBe(5);
  });

  test("of one account leaves the others", async () => {
    const tested = testLogin({ perAddress: "100/m" });
    await tested.admits("ann");
    const { native } = await tested.attempt("bob");
    await tested.succeeded(native);
    expect(await tested.admits("ann")).toBe(0);
  });

  test.each([{}, null, undefined, "ann"])(
    "of a request that was not seen, %o, is an error",
    async (native) => {
      const tested = testLogin();
      await tested.attempt("ann");
      await expect(tested.succeeded(native as object)).rejects.toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    },
  );

  test("is good though the store fails, which is warned of without the account", async () => {
    const store = faultyStore();
    const onWarning = vi.fn<(warning: { code: string }) => void>();
    const tested = testLogin({ store, onWarning, onEvent: () => undefined });
    const { native } = await tested.attempt("ann@shop.test");
    store.fault = DOWN;
    await tested.succeeded(native);
    expect(onWarning.mock.calls).toEqual([[expect.objectContaining({ code: "LOGIN_NOT_RESET" })]]);
    expect(JSON.stringify(onWarning.mock.calls)).not.toContain("ann@");
  });
});

describe("it fails closed", () => {
  test("while the store fails, with 503", async () => {
    const store = faultyStore();
    const tested = testLogin({ store, onEvent: () => undefined });
    store.fault = DOWN;
    for (let i = 0; i < 5; i++) expect((await tested.attempt("ann", addressOf(i))).status).toBe(503);
  });

  test("while the store fails for accounts alone", async () => {
    const store = faultyStore();
    const asked = vi.fn<() => string>(() => {
      store.fault = DOWN;
      return "ann";
    });
    const tested = testLogin({ store, account: asked, onEvent: () => undefined });
    expect((await tested.attempt("ann")).status).toBe(503);
    expect(asked).toHaveBeenCalledOnce();
  });

  test.each([
    undefined,
    null,
    "",
    " ",
    "\u200b",
    "\0",
    7,
    {},
    ["ann"],
    { $ne: null },
    "x".repeat(1_025),
    true,
  ])("case 27: the account %j is refused with 400, and shares no bucket", async (name) => {
    const refused = expect.objectContaining({ code: "INVALID_IDENTITY", status: 400 });
    await expect(testLogin().attempt(name)).rejects.toThrow(refused);
  });

  test("case 56: an account function that throws or rejects is an error, and the address is charged", async () => {
    const failure = new Error("no body parser");
    const throwing = () => {
      throw failure;
    };
    for (const broken of [throwing, () => Promise.reject(failure)]) {
      const tested = testLogin({ account: broken, perAddress: "2/m" });
      await expect(tested.attempt("ann")).rejects.toBe(failure);
      await expect(tested.attempt("ann")).rejects.toBe(failure);
      expect((await tested.attempt("ann")).status).toBe(429);
    }
  });

  test("without an address", async () => {
    const made = login({ account, onWarning: () => undefined });
    const checking = guard(made.options).check(
      request("POST /", { native: { body: {} }, address: undefined }),
    );
    await expect(checking).rejects.toThrow(expect.objectContaining({ code: "MISSING_IDENTITY" }));
  });
});

describe("it tells nothing about accounts", () => {
  test("the fields of an answer say nothing of attempts", async () => {
    const { passage } = await testLogin().attempt("ann");
    expect(passage).toMatchObject({ reply: undefined, headers: [] });
  });

  test("refusals look the same, whichever limit refuses", async () => {
    const byAccount = testLogin({ perAddress: "50/m", perAccount: "1/m" });
    const byAddress = testLogin({ perAddress: "1/m", perAccount: "50/m" });
    await byAccount.attempt("ann");
    await byAddress.attempt("ann");
    const one = (await byAccount.attempt("ann")).passage.reply;
    expect(one).toEqual((await byAddress.attempt("ann")).passage.reply);
    expect(one).toEqual({
      status: 429,
      headers: [
        ["Retry-After", "120"],
        ["Cache-Control", "no-store"],
        ["Content-Type", "application/problem+json"],
      ],
      body: expect.not.stringMatching(/account|address|violated/),
    });
  });

  test("case 28: the store and the decisions see a hash", async () => {
    const store = memoryStore();
    const prepared = vi.spyOn(store, "prepare");
    const tested = testLogin({ store });
    const { passage } = await tested.attempt("ann@shop.test");
    const keys = passage.decided.map(({ decision }) => decision.key);
    expect(keys).toEqual(["ip:203.0.113.9", expect.stringMatching(/^account:[\da-f]{32}$/)]);
    expect(JSON.stringify([passage, prepared.mock.calls])).not.toContain("ann@");
  });
});

test.each([
  ["case", "ANN@Shop.test"],
  ["white space", " ann@shop.test\t"],
  ["white space inside", "ann @shop.test"],
  ["full width", "ａｎｎ＠ｓｈｏｐ．ｔｅｓｔ"],
  ["accents", "änn@shop.test"],
  ["combining accents", "a\u0308nn@shop.test"],
  ["invisible characters", "a\u200bnn@shop\u00ad.test\ufeff"],
  ["NUL", "ann@shop.test\0"],
  ["a lone surrogate", "ann@shop.test\ud800"],
  ["a small capital of another alphabet's kin", "ann@ſhop.test"],
  ["dotted capitals", "ann@shop.test".toUpperCase()],
  ["squared letters", "🅰nn@shop.🆃est"],
])("an account that is spelt with other %s is the same", async (_, spelling) => {
  const tested = testLogin();
  for (let i = 0; i < 4; i++) await tested.attempt("ann@shop.test", addressOf(i));
  expect(await tested.admits(spelling, addressOf(5))).toBe(1);
});

test.each([
  ["digits", "lodstrass19", "lodstrass١९"],
  ["strokes", "lodstrass19", "łøđstrass19"],
  ["ligatures", "lodstrass19", "lodstraß19"],
  ["capitals of these", "lodstrass19", "ŁØĐSTRAẞ𑁧❾"],
])("an account that MySQL finds by its name with other %s is the same", async (_, name, spelling) => {
  const tested = testLogin();
  for (let i = 0; i < 4; i++) await tested.attempt(name, addressOf(i));
  expect(await tested.admits(spelling, addressOf(5))).toBe(1);
});

test("accounts of other alphabets are told apart", async () => {
  const tested = testLogin({ perAccount: "1/m" });
  const names = ["李", "王", "анна", "инна", "αννα", "😀", "😁", "a", "b", "1", "٢"];
  for (const [i, name] of names.entries()) expect(await tested.admits(name, addressOf(i))).toBe(1);
});

test.each(["__proto__", "constructor", "toString"])(
  "case 26: %s is an account like any other",
  async (name) => {
    const tested = testLogin();
    expect(await tested.admits(name, addressOf(1))).toBe(5);
    expect(await tested.admits("hasOwnProperty", addressOf(2))).toBe(5);
  },
);

test("two logins of one name on one store share their attempts; of two names they do not", async () => {
  const store = memoryStore({ clock: stillClock() });
  const [web, api, pin] = [
    testLogin({ store }),
    testLogin({ store, path: "/api/**" }),
    testLogin({ store, name: "pin" }),
  ];
  for (let i = 0; i < 3; i++) await web.attempt("ann");
  let passed = 0;
  for (let i = 0; i < 9; i++)
    if ((await api.attempt("ann", undefined, "POST /api/login")).status === 200) passed++;
  expect(passed).toBe(2);
  expect(await pin.admits("ann")).toBe(5);
});

const { url, note } = inject("redis");

describe.skipIf(url === "")(`on Redis ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  test("processes share the attempts, and the success of one is that of all", async () => {
    const processes = [0, 1].map(() => {
      const client = new Redis(url, { maxRetriesPerRequest: 0 });
      onTestFinished(() => client.disconnect());
      const namespace = `login ${process.pid}`;
      return testLogin({ store: redisStore(client), namespace, timeoutMs: 30_000, perAccount: "5/d" });
    });
    const [one, two] = processes;
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => processes[i % 2].attempt("ann", addressOf(i))),
    );
    const passed = all.filter(({ status }) => status === 200);
    expect(passed).toHaveLength(5);
    const i = all.indexOf(passed[0]);
    await processes[i % 2].succeeded(passed[0].native);
    expect((await one.attempt("ann", addressOf(30))).status).toBe(200);
    expect(await two.admits("ann", addressOf(31))).toBe(4);
  });
});

test.each([
  [undefined, "INVALID_OPTION"],
  [{}, "INVALID_OPTION"],
  [{ account: "email" }, "INVALID_OPTION"],
  [{ account, limits: "5/m" }, "UNKNOWN_OPTION"],
  [{ account, onStoreError: "open" }, "UNKNOWN_OPTION"],
  [{ account, perAccount: "5 per fortnight" }, "INVALID_LIMIT"],
  [{ account, perAddress: undefined, perAccount: [] }, "INVALID_LIMIT"],
  [{ account, name: "é" }, "INVALID_OPTION"],
  [{ account, store: {} }, "INVALID_OPTION"],
])("options %o are refused at construction", (options, code) => {
  expect(() => guard(login(options as LoginOptions).options)).toThrow(expect.objectContaining({ code }));
});
