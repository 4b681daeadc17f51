import {
  clientIp,
  concurrency,
  eventStream,
  fixedWindow,
  guard,
  type GuardOptions,
  header,
  memoryStore,
  type Passage,
  rateLimiter,
} from "sluice";
import { manualClock } from "sluice/testing";
import { describe, expect, test } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { fromTest, gate, request, settle, testGuard, type TestGuard } from "./ask.ts";

const one = concurrency({ limit: 1, name: "running" });

/** What passes, still running. */
async function begin(guarded: TestGuard, ...call: Parameters<TestGuard["ask"]>): Promise<Passage> {
  const passage = await guarded.ask(...call);
  expect(passage.reply).toBeUndefined();
  return passage;
}

describe("a rule with a limit on concurrency", () => {
  test("holds it until the request has ended, and gives it back once", async () => {
    const guarded = testGuard({ limits: concurrency({ limit: 2 }) });
    const [first, second] = [await begin(guarded, "GET /"), await begin(guarded, "GET /")];
    expect(await guarded.status("GET /")).toBe(429);
    await first.ended?.();
    await first.ended?.();
    await begin(guarded, "GET /");
    expect(await guarded.status("GET /")).toBe(429);
    await second.ended?.();
    await begin(guarded, "GET /");
  });

  test("lets one client ask as often as it likes, one after the other, whatever room the store has", async () => {
    const store = memoryStore({ clock: manualClock(), maxKeys: 10 });
    const guarded = testGuard({ limits: one, store });
    for (let n = 0; n < 100; n++) {
      const { decided, ended } = await begin(guarded, "GET /");
      expect(decided[0]?.decision.degraded).toBe(false);
      await ended?.();
    }
    expect(await guarded.status("GET /", { key: "bob" })).toBe(200);
  });

  test("counts each key for itself", async () => {
    const guarded = testGuard({ limits: one });
    await begin(guarded, "GET /", { key: "ann" });
    await begin(guarded, "GET /", { key: "bob" });
    expect(await guarded.status("GET /", { key: "ann" })).toBe(429);
  });

  test("charges all of its limits or none, and gives back only what counts at once", async () => {
    const guarded = testGuard({ limits: [one, "3/m"] });
    const first = await begin(guarded, "GET /");
    expect(await guarded.admits("GET /")).toBe(0);
    await first.ended?.();
    const second = await guarded.ask("GET /");
    expect(second.decided[0]?.decision.limits.map(({ remaining }) => remaining)).toEqual([0, 1]);
    await second.ended?.();
    await (await begin(guarded, "GET /")).ended?.();
    const { reply } = await guarded.ask("GET /");
    expect(JSON.parse(reply!.body)).toMatchObject({ "violated-policies": ["3/m"] });
  });

  test("counts what a request costs", async () => {
    const guarded = testGuard({
      limits: concurrency({ limit: 5 }),
      cost: ({ method }) => (method === "POST" ? 4 : 1),
    });
    const big = await begin(guarded, "POST /");
    await begin(guarded, "GET /");
    expect(await guarded.status("GET /")).toBe(429);
    await big.ended?.();
    expect(await guarded.remaining("GET /")).toBe(3);
  });

  test("counts each concrete path for itself where its pool is the path", async () => {
    const guarded = testGuard({ rules: [{ path: "/u/:id", limits: one, pool: "path" }] });
    const first = await begin(guarded, "GET /u/1");
    await begin(guarded, "GET /u/2");
    expect(await guarded.status("GET /u/1")).toBe(429);
    await first.ended?.();
    await begin(guarded, "GET /u/1");
    expect(await guarded.status("GET /u/2")).toBe(429);
  });

  test("renews what it holds for as long as the request runs, and not after", async () => {
    const clock = manualClock();
    const limits = concurrency({ limit: 1, ttl: "30s" });
    const guarded = testGuard({ limits, store: memoryStore({ clock }) });
    const long = await begin(guarded, "GET /");
    for (let i = 0; i < 30; i++) {
      clock.advance("10s");
      await settle();
      expect(await guarded.status("GET /")).toBe(429);
    }
    await long.ended?.();
    await begin(guarded, "GET /");
  });

  test("is free again after its ttl if the process died", async () => {
    const clock = manualClock();
    // A store whose timer never rings stands for a process that is gone.
    const dead = { ...memoryStore({ clock }), timer: { now: 0, after: () => () => undefined } };
    const options: GuardOptions = { limits: concurrency({ limit: 1, ttl: "30s" }), identify: fromTest };
    await guard({ ...options, store: dead }).check(request("GET /"));
    const alive = testGuard({ ...options, store: { ...dead } });
    clock.advance(29_999);
    expect(await alive.status("GET /")).toBe(429);
    clock.advance(1);
    expect(await alive.status("GET /")).toBe(200);
  });

  test("a refusal tells a client to come back in a second, and of what it was that was too much", async () => {
    const guarded = testGuard({ limits: [one, "9/m"] });
    const { headers } = await begin(guarded, "GET /");
    expect(headers).toEqual([
      ["RateLimit-Policy", '"running";q=1;qu="concurrent-requests", "9/m";q=9;w=60'],
      ["RateLimit", '"running";r=0, "9/m";r=8;t=60'],
    ]);
    const { reply } = await guarded.ask("GET /");
    expect(reply?.status).toBe(429);
    expect(new Map(reply?.headers).get("Retry-After")).toBe("1");
    expect(JSON.parse(reply!.body)).toMatchObject({ "violated-policies": ["running"] });
  });

  test("where a rate refuses too, its wait is told", async () => {
    const guarded = testGuard({ limits: [one, fixedWindow({ limit: 1, window: "1m" })] });
    await begin(guarded, "GET /");
    expect(new Map((await guarded.ask("GET /")).reply?.headers).get("Retry-After")).toBe("60");
  });

  test("listeners hear of one decision for each request", async () => {
    const events = eventStream();
    const heard: boolean[] = [];
    events.on("decision", ({ decision }) => void heard.push(decision.allowed));
    const guarded = testGuard({ limits: one, events });
    const first = await begin(guarded, "GET /");
    await guarded.ask("GET /");
    await first.ended?.();
    expect(heard).toEqual([true, false]);
  });
});

describe("nothing is held", () => {
  test("by rules without such limits", async () => {
    const guarded = testGuard({ rules: [{ path: "/free" }, { limits: "9/m", countOnly: "failed" }] });
    expect((await guarded.ask("GET /free")).ended).toBeUndefined();
    expect((await guarded.ask("GET /")).ended).toBeUndefined();
  });

  test("for who is on a list, or skipped", async () => {
    const guarded = testGuard({
      limits: one,
      allow: { keys: ["bob"] },
      deny: { keys: ["eve"] },
      skip: ({ target }) => target === "/skip",
    });
    expect((await guarded.ask("GET /", { key: "bob" })).ended).toBeUndefined();
    expect((await guarded.ask("GET /", { key: "eve" })).ended).toBeUndefined();
    expect((await guarded.ask("GET /skip")).ended).toBeUndefined();
  });

  test("for a request that is refused, also if it goes on all the same", async () => {
    const guarded = testGuard({ limits: one, onLimit: "pass" });
    const first = await begin(guarded, "GET /");
    expect((await begin(guarded, "GET /")).ended).toBeUndefined();
    await first.ended?.();
    expect((await guarded.ask("GET /")).ended).toBeTypeOf("function");
  });
});

test("a dry run counts what runs, tells what it would have refused, and refuses nobody", async () => {
  const guarded = testGuard({ limits: one, dryRun: true });
  const first = await begin(guarded, "GET /");
  const second = await begin(guarded, "GET /");
  expect([first, second].map(({ decided }) => decided[0]?.decision.allowed)).toEqual([true, false]);
  await first.ended?.();
  expect((await guarded.ask("GET /")).decided[0]?.decision.allowed).toBe(true);
});

describe("what a rule holds is given back at once", () => {
  const running = (guarded: TestGuard, path: string) => guarded.status(`GET ${path}`);

  test("where the rule of another reading refuses", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/b", limits: concurrency({ limit: 1 }) },
        { path: "/a/**", limits: "1/m" },
      ],
    });
    await guarded.ask("GET /a/x");
    expect(await running(guarded, "/a/../b")).toBe(429);
    await begin(guarded, "GET /b");
    expect(await running(guarded, "/b")).toBe(429);
  });

  test("where the rule of another reading fails", async () => {
    const guarded = testGuard({
      rules: [
        { path: "/b", limits: concurrency({ limit: 1 }) },
        { path: "/a/**", limits: "1/m", cost: () => Promise.reject(new Error("mine")) },
      ],
    });
    await expect(guarded.ask("GET /a/../b")).rejects.toThrow("mine");
    await begin(guarded, "GET /b");
  });

  test.each<[string, Partial<GuardOptions>, string | undefined]>([
    ["refuses", { limits: "1/d" }, undefined],
    ["fails", { identify: () => Promise.reject(new Error("mine")) }, "mine"],
    ["throws", { identify: throwing }, "mine"],
  ])("where a further guard %s", async (_, further, message) => {
    const store = memoryStore();
    const other: GuardOptions = { limits: "1/d", identify: clientIp(), name: "other", ...further };
    if (message === undefined) await guard({ ...other, store }).check(request("GET /"));
    const guarded = testGuard({ limits: one, store, also: [{ ...other, store }] });
    if (message === undefined) expect(await guarded.status("GET /")).toBe(429);
    else await expect(guarded.ask("GET /")).rejects.toThrow(message);
    const alone = testGuard({ limits: one, store });
    await begin(alone, "GET /");
    expect(await alone.status("GET /")).toBe(429);
  });

  test("guards that hold both give back both", async () => {
    const also: GuardOptions = {
      name: "tenant",
      limits: concurrency({ limit: 2 }),
      identify: header("x-tenant"),
    };
    const guarded = testGuard({ limits: one, also: [also] });
    const asker = { headers: { "x-tenant": "acme" } };
    for (let i = 0; i < 4; i++) await (await begin(guarded, "GET /", asker)).ended?.();
    await begin(guarded, "GET /", { key: "bob", ...asker });
    await begin(guarded, "GET /", { key: "cem", ...asker });
    expect(await guarded.status("GET /", { key: "dan", ...asker })).toBe(429);
    expect(await guarded.status("GET /", { key: "dan", headers: { "x-tenant": "zeta" } })).toBe(200);
  });
});

describe("a store that fails", () => {
  test("when it is asked: held here, and given back here", async () => {
    const store = faultyStore();
    store.fault = DOWN;
    const guarded = testGuard({ limits: one, store });
    const first = await begin(guarded, "GET /");
    expect(first.decided[0]?.decision.degraded).toBe("local");
    expect(await guarded.status("GET /")).toBe(429);
    await first.ended?.();
    await begin(guarded, "GET /");
  });

  test("while fails open: passes, and its end is no trouble", async () => {
    const store = faultyStore();
    store.fault = DOWN;
    const guarded = testGuard({ limits: one, store, onStoreError: "open" });
    const { decided, ended } = await begin(guarded, "GET /");
    expect(decided[0]?.decision.degraded).toBe("open");
    await expect(ended?.()).resolves.toBeUndefined();
    await begin(guarded, "GET /");
  });

  test("when it is given back: nobody is troubled", async () => {
    const store = faultyStore();
    const guarded = testGuard({ limits: one, store, onStoreError: "throw" });
    const { ended } = await begin(guarded, "GET /");
    store.fault = DOWN;
    await expect(ended?.()).resolves.toBeUndefined();
  });
});

test.each<[string, GuardOptions]>([
  ["rule", { rules: [{ limits: [one, "9/m"], countOnly: "failed" }] }],
  ["guard", { limits: one, countOnly: "successful" }],
])("countOnly of a %s is refused: it counts what is over, and concurrency what runs", (_, options) => {
  expect(() => guard(options)).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining("put one of the two into a guard of its own") as string,
    }) as Error,
  );
});

test("a limiter and a rule over the same pool count together", async () => {
  const store = memoryStore();
  const guarded = testGuard({ store, rules: [{ limits: one, pool: "shared" }] });
  const limiter = rateLimiter({ store, name: "shared", limits: one });
  const done = gate();
  const job = limiter.run("ann", () => done.promise);
  expect(await guarded.status("GET /")).toBe(429);
  done.open();
  await job;
  await begin(guarded, "GET /");
});

function throwing(): never {
  throw new Error("mine");
}
