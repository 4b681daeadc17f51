import {
  ConfigurationError,
  limited,
  limitedSync,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
} from "sluice";
import { describe, expect, test, vi } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { left } from "./left.ts";

const codeOf = (construct: () => unknown) => {
  try {
    construct();
  } catch (error) {
    if (error instanceof ConfigurationError) return [error.code, error.path];
    throw error;
  }
  return "it was accepted";
};

describe("a limited function", () => {
  test("S4.42: without a key all callers share one count, that of its name", async () => {
    const limiter = rateLimiter({ limits: "2/m" });
    const send = limited(
      async function send(to: string) {
        return `to ${to}`;
      },
      { limiter },
    );
    expect([await send("a"), await send("b")]).toEqual(["to a", "to b"]);
    await expect(send("c")).rejects.toThrow(RateLimitExceededError);
    expect(await left(limiter, "send")).toBe(0);
  });

  test("S4.43: the key is found from the arguments, with the same this, also later", async () => {
    class Mailer {
      readonly tenant: string;
      constructor(tenant: string) {
        this.tenant = tenant;
      }
      send = limited(
        async function (this: Mailer, to: string) {
          return `${this.tenant} to ${to}`;
        },
        {
          limits: "1/m",
          async key(this: Mailer, to) {
            return JSON.stringify([this.tenant, to]);
          },
        },
      );
    }
    const mailer = new Mailer("acme");
    expect(await mailer.send("ann")).toBe("acme to ann");
    expect(await mailer.send("bob")).toBe("acme to bob");
    await expect(mailer.send("ann")).rejects.toMatchObject({ key: '["acme","ann"]' });
  });

  test("S4.44: a cost, or one that is found from the arguments", async () => {
    const limiter = rateLimiter({ limits: "10/m" });
    const fixed = limited(() => "done", { limiter, key: "a", cost: 3 });
    const found = limited((list: readonly number[]) => list.length, {
      limiter,
      key: "b",
      cost: (list) => list.length,
    });
    await fixed();
    expect(await found([1, 2, 3, 4])).toBe(4);
    expect(await left(limiter, "a")).toBe(7);
    expect(await left(limiter, "b")).toBe(6);
  });

  test("S4.45: onLimit undefined answers undefined, and the function is not called", async () => {
    const work = vi.fn<() => number>(() => 1);
    const call = limited(work, { limits: "1/m", key: "a", onLimit: "undefined" });
    expect([await call(), await call()]).toEqual([1, undefined]);
    expect(work).toHaveBeenCalledTimes(1);
  });

  test("S4.46, S4.47: it throws by default, with key, wait and decision, and the function is not called", async () => {
    const work = vi.fn<() => void>();
    const call = limited(work, { limits: "1/m", key: "a" });
    await call();
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ key: "a", status: 429, decision: { limit: 1, reason: "limited" } });
    expect((error as RateLimitExceededError).retryAfterMs).toBeGreaterThan(0);
    expect(work).toHaveBeenCalledTimes(1);
  });

  test("S4.48: one option says whom to count, a key or a function; what cannot work throws at once", () => {
    const limiter = rateLimiter({ limits: "1/m" });
    const fn = (): void => undefined;
    const bad: [object, unknown][] = [
      [{ limiter, limits: "1/m" }, ["UNKNOWN_OPTION", "limits"]],
      [{ limiter, store: memoryStore() }, ["UNKNOWN_OPTION", "store"]],
      [{ limiter, keyFn: fn }, ["UNKNOWN_OPTION", "keyFn"]],
      [{ limiter: 5 }, ["INVALID_OPTION", "limiter"]],
      [{ limiter: null }, ["INVALID_OPTION", "limiter"]],
      [{ limiter, onLimit: "drop" }, ["INVALID_OPTION", "onLimit"]],
    ];
    for (const [options, code] of bad) expect(codeOf(() => limited(fn, options as never))).toEqual(code);
    expect(codeOf(() => limited("fn" as never, { limiter }))).toEqual(["INVALID_OPTION", "first argument"]);
    expect(() => limited(fn, {} as never)).toThrow(ConfigurationError);
  });

  test("S4.49: name and length stay, and it has its limiter", () => {
    const limiter = rateLimiter({ limits: "1/m" });
    function transfer(_from: string, _to: string, _amount = 1): void {}
    const call = limited(transfer, { limiter });
    expect([call.name, call.length, call.limiter]).toEqual(["transfer", 2, limiter]);
    const own = limited(transfer, { limits: "1/m", key: "a" });
    expect(own.limiter).not.toBe(limiter);
  });

  test("what it throws passes through, was charged once, and is given back to nobody", async () => {
    const call = limited(
      () => {
        throw new RangeError("own");
      },
      { limits: "2/m", key: "a" },
    );
    await expect(call()).rejects.toThrow(RangeError);
    expect(await left(call.limiter, "a")).toBe(1);
  });

  test("a key or cost function that throws, or finds nothing: the function is not called, nothing is charged", async () => {
    const work = vi.fn<() => void>();
    const limiter = rateLimiter({ limits: "2/m" });
    const throwing = (): never => {
      throw new RangeError("own");
    };
    await expect(limited(work, { limiter, key: throwing })()).rejects.toThrow(RangeError);
    await expect(limited(work, { limiter, key: "a", cost: throwing })()).rejects.toThrow(RangeError);
    await expect(limited(work, { limiter, key: () => "" })()).rejects.toMatchObject({ code: "INVALID_KEY" });
    await expect(limited(work, { limiter, key: "a", cost: () => -1 })()).rejects.toMatchObject({
      code: "INVALID_COST",
    });
    expect(work).not.toHaveBeenCalled();
    expect(await left(limiter, "a")).toBe(2);
  });

  test("where nothing tells whom to count, it throws at construction", () => {
    const store = memoryStore();
    const limiter = rateLimiter({ limits: "1/m" });
    const nobody = ["INVALID_OPTION", "name"];
    expect(codeOf(() => limited(() => 1, { limiter }))).toEqual(nobody);
    expect(codeOf(() => limited(() => 1, { limits: "1/m" }))).toEqual(nobody);
    expect(codeOf(() => limited(() => 1, { limits: "1/m", store, key: "a" }))).toEqual(nobody);
    expect(limited(() => 1, { limiter, name: "one" }).limiter).toBe(limiter);
  });

  test("what it says is true: a key that was said is not asked for", () => {
    const store = memoryStore();
    const limiter = rateLimiter({ limits: "1/m" });
    const make = () => function save() {};
    const of = (fn: () => unknown, options: object) => () => limited(fn, options as never);
    const own = { limits: "1/m", store, key: "a" };
    expect(of(() => 1, own)).toThrow(
      "limited cannot tell its limiter from others in the store: the function has no name; say name",
    );
    of(make(), own)();
    expect(of(make(), own)).toThrow(
      'two functions are called "save"; their limiters would be one: give this one a name of its own',
    );
    expect(of(make(), { limiter, limits: "1/m" })).toThrow(
      "limited has limits beside limiter, which has its own",
    );
    expect(of(make(), { limiter, limits: undefined })).not.toThrow();
  });

  test.each<[object, string, string]>([
    [{ key: "" }, "INVALID_KEY", "key"],
    [{ key: 0 }, "INVALID_KEY", "key"],
    [{ key: null }, "INVALID_KEY", "key"],
    [{ key: { user: "" } }, "INVALID_KEY", "key"],
    [{ key: "a", cost: -1 }, "INVALID_COST", "cost"],
    [{ key: "a", cost: Number.NaN }, "INVALID_COST", "cost"],
    [{ key: "a", cost: { default: -1 } }, "INVALID_COST", "cost"],
  ])("%j is refused at construction", (options, code, path) => {
    for (const make of [limited, limitedSync as typeof limited])
      expect(codeOf(() => make(() => 1, { limits: "1/m", ...options } as never))).toEqual([code, path]);
  });

  test("two functions that happen to have one name do not share a count unseen", async () => {
    const store = memoryStore();
    const limiter = rateLimiter({ limits: "1/m" });
    const make = () => function save() {};
    const once = make();
    limited(once, { limiter });
    limited(once, { limiter });
    expect(codeOf(() => limited(make(), { limiter }))).toEqual(["NAME_CLASH", "name"]);
    limited(make(), { limits: "1/m", store });
    expect(codeOf(() => limited(make(), { limits: "1/m", store }))).toEqual(["NAME_CLASH", "name"]);
    const [a, b] = [make(), make()].map((fn) => limited(fn, { limiter, name: "both" }));
    await a();
    await expect(b()).rejects.toThrow(RateLimitExceededError);
  });

  test("its own limits take the store and the failure policy; the name of the function is the name of the limiter", async () => {
    const faulty = faultyStore();
    const call = limited(
      async function send() {
        return 1;
      },
      { limits: "5/m", store: faulty, onStoreError: "closed", onEvent: () => undefined, key: "a" },
    );
    expect(await call()).toBe(1);
    faulty.fault = DOWN;
    await expect(call()).rejects.toMatchObject({ status: 503, decision: { degraded: "closed" } });
  });
});

describe("how events call what has limits of its own", () => {
  const work = async () => 1;
  test.each<[string, object, string]>([
    ["by the name of the function", {}, "work"],
    ["also where a key is said", { key: "a" }, "work"],
    ["by the name that is said", { name: "mail" }, "mail"],
  ])("%s", async (_, options, expected) => {
    const told: string[] = [];
    const call = limited(work, { limits: "5/m", ...options });
    call.limiter.events.on("decision", ({ limiter }) => told.push(limiter));
    await call();
    expect(told).toEqual([expected]);
  });

  test.each([
    ["without a name", ""],
    ["whose name is not ASCII", "größe"],
    ["whose name is too long", "x".repeat(257)],
  ])("a function %s has none for that", async (_, name) => {
    const told: string[] = [];
    const odd = Object.defineProperty(async () => 1, "name", { value: name });
    const call = limited(odd, { limits: "5/m", key: "a" });
    call.limiter.events.on("decision", ({ limiter }) => told.push(limiter));
    await call();
    expect(told).toEqual(["default"]);
  });
});

describe("a limited function that answers at once", () => {
  test("goes on to do so, with this, name and length", () => {
    const account = {
      id: "a",
      withdraw: limitedSync(
        function withdraw(this: { id: string }, amount: number) {
          return `${this.id} ${amount}`;
        },
        {
          limits: "2/m",
          key(this: { id: string }) {
            return this.id;
          },
          cost: (amount) => amount,
        },
      ),
    };
    expect(account.withdraw(2)).toBe("a 2");
    expect(() => account.withdraw(1)).toThrow(RateLimitExceededError);
    expect([account.withdraw.name, account.withdraw.length]).toEqual(["withdraw", 1]);
    expect(account.withdraw.limiter.peekSync("a").remaining).toBe(0);
  });

  test("answers undefined at once where that is wanted", () => {
    const call = limitedSync(() => 1, { limits: "1/m", key: "a", onLimit: "undefined" });
    expect([call(), call()]).toEqual([1, undefined]);
  });

  test("a limiter whose store does not answer at once is refused at construction", () => {
    const limiter = rateLimiter({ limits: "1/m", store: faultyStore() });
    expect(codeOf(() => limitedSync(() => 1, { limiter: limiter as never, key: "a" }))).toEqual([
      "INVALID_OPTION",
      "limiter",
    ]);
  });
});
