import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import {
  concurrency,
  ConfigurationError,
  fixedWindow,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
  type SyncLimiter,
} from "sluice";
import { manualClock } from "sluice/testing";
import { answerRefusals, rateLimit } from "sluice/trpc";
import { describe, expect, onTestFinished, test } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { settle } from "../guard/ask.ts";
import { type Endpoint, listen } from "./exchange.ts";
import { listenFetch } from "./listenFetch.ts";

interface Context {
  readonly user: string;
  readonly resHeaders?: Headers | undefined;
  readonly res?: ServerResponse | undefined;
}

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    retryAfterMs: error.cause instanceof RateLimitExceededError ? error.cause.retryAfterMs : undefined,
  }),
});
type Router = ReturnType<typeof t.router>;

const minute = (limit: number) => fixedWindow({ limit, window: "1m", anchor: "first-call" });
const key = ({ ctx }: { ctx: Context }) => ctx.user;
const userOf = (headers: { get(name: string): string | null }) => headers.get("x-user") ?? "ann";

/** By both of tRPC's ways to HTTP: over node:http, and over the Fetch standard. */
const ways: Record<string, (router: Router) => Promise<Endpoint>> = {
  "node:http": (router) => {
    const createContext = ({ req, res }: { req: IncomingMessage; res: Context["res"] }) =>
      ({ user: String(req.headers["x-user"] ?? "ann"), res }) as Context;
    return listen(createServer(createHTTPHandler({ router, createContext })));
  },
  fetch: (router) =>
    listenFetch((req) =>
      fetchRequestHandler({
        req,
        router,
        endpoint: "/",
        createContext: ({ resHeaders }) => ({ user: userOf(req.headers), resHeaders }),
      }),
    ),
};

describe.each(Object.entries(ways))("trpc over %s", (_name, serve) => {
  test("a base procedure limits all that is built on it, by key, and tells of its limits", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const base = t.procedure.use(rateLimit({ limits: minute(2), store, key }));
    const router = t.router({ a: base.query(() => "a"), inner: t.router({ b: base.query(() => "b") }) });
    const { send } = await serve(router);
    expect((await send({ target: "/a" })).headers["ratelimit-policy"]).toBe('"default";q=2;w=60');
    const { status, headers } = await send({ target: "/inner.b" });
    expect([status, headers["ratelimit"]]).toEqual([200, '"default";r=0;t=60']);
    clock.advance("17s");
    const refused = await send({ target: "/a" });
    expect([refused.status, refused.headers["retry-after"], refused.headers["cache-control"]]).toEqual([
      429,
      "43",
      "no-store",
    ]);
    expect(JSON.parse(refused.body).error).toMatchObject({
      message: "Too Many Requests",
      data: { code: "TOO_MANY_REQUESTS", httpStatus: 429, path: "a" },
      retryAfterMs: 43_000,
    });
    expect((await send({ target: "/a", headers: { "X-User": "bob" } })).status).toBe(200);
  });

  test("asks whatever can be asked, which tells no limits: a refusal says when, 1 second where nobody knows", async () => {
    const limiter = {
      async acquire(user: string, options?: { cost?: number }): Promise<void> {
        if (user === "ann") return;
        throw new RateLimitExceededError(user, { retryAfterMs: options?.cost });
      },
    };
    const dear = t.procedure.use(rateLimit({ limiter, key, cost: 1_500, headers: "legacy" }));
    const router = t.router({
      a: t.procedure.use(rateLimit({ limiter, key })).query(() => "a"),
      b: dear.query(() => "b"),
    });
    const { send } = await serve(router);
    const passed = await send({ target: "/a" });
    expect([passed.status, passed.headers["ratelimit"]]).toEqual([200, undefined]);
    const [unknown, known] = [
      await send({ target: "/a", headers: { "X-User": "bob" } }),
      await send({ target: "/b", headers: { "X-User": "bob" } }),
    ];
    expect([unknown.status, unknown.headers["retry-after"], known.headers["retry-after"]]).toEqual([
      429,
      "1",
      "2",
    ]);
    expect(JSON.parse(known.body).error).toMatchObject({ retryAfterMs: 1_500 });
  });

  test("on one procedure it says nothing of others; two are told together, and both count", async () => {
    const base = t.procedure.use(rateLimit({ limits: minute(5), key }));
    const strict = base.use(rateLimit({ limits: minute(1), key, name: "strict" }));
    const router = t.router({
      free: t.procedure.query(() => 1),
      a: base.query(() => 1),
      b: strict.mutation(() => 2),
    });
    const { send } = await serve(router);
    const mutation = {
      method: "POST",
      target: "/b",
      headers: { "Content-Type": "application/json" },
      body: "1",
    };
    expect((await send(mutation)).headers["ratelimit"]).toBe('"default";r=4;t=60, "default";r=0;t=60');
    expect((await send(mutation)).status).toBe(429);
    expect((await send({ target: "/a" })).headers["ratelimit"]).toBe('"default";r=2;t=60');
    expect((await send({ target: "/free" })).headers).not.toHaveProperty("ratelimit");
  });

  test("fields that tell one limit only tell the one that refuses", async () => {
    const headers = "legacy";
    const router = t.router({
      a: t.procedure
        .use(rateLimit({ limits: minute(1), key, headers }))
        .use(rateLimit({ limits: minute(3), key, headers, cost: 4 }))
        .query(() => "a"),
    });
    const { send } = await serve(router);
    const answer = await send({ target: "/a" });
    expect([answer.status, answer.headers["x-ratelimit-limit"]]).toEqual([429, "3"]);
    expect([answer.headers["x-ratelimit-remaining"], answer.headers["retry-after"]]).toEqual([
      "3",
      undefined,
    ]);
  });

  test("what a middleware further in refuses is told once, and as it tells", async () => {
    const store = memoryStore({ clock: manualClock() });
    const base = t.procedure.use(rateLimit({ limits: minute(9), key, store })).use(answerRefusals);
    const router = t.router({
      a: base.use(rateLimit({ limits: minute(1), key, cost: 2 })).query(() => "a"),
      b: base.use(rateLimit({ limits: minute(1), key, cost: 2, headers: "none" })).query(() => "b"),
    });
    const { send } = await serve(router);
    expect((await send({ target: "/a" })).headers["ratelimit"]).toBe('"default";r=8;t=60, "default";r=1;t=0');
    expect((await send({ target: "/b" })).headers["ratelimit"]).toBe('"default";r=7;t=60');
  });

  test("each call of a batch is counted by itself", async () => {
    const base = t.procedure.use(rateLimit({ limits: minute(2), key }));
    const { send } = await serve(t.router({ a: base.query(() => "a") }));
    const { status, body } = await send({ target: "/a,a,a?batch=1" });
    const codes = (JSON.parse(body) as { error?: { data: { code: string } } }[]).map(
      ({ error }) => error?.data.code,
    );
    expect([status, codes]).toEqual([207, [undefined, undefined, "TOO_MANY_REQUESTS"]]);
  });

  test("the one answer of a batch tells each middleware once, a refusal or what leaves least", async () => {
    const store = memoryStore({ clock: manualClock() });
    const base = t.procedure.use(rateLimit({ limits: minute(9), key, store }));
    const byPath = ({ path }: { path: string }) => path;
    const strict = base.use(
      rateLimit({
        limits: fixedWindow({ limit: 3, window: "1h", anchor: "first-call", name: "path" }),
        key: byPath,
        name: "path",
        store,
      }),
    );
    const { send } = await serve(t.router({ a: strict.query(() => "a"), b: strict.query(() => "b") }));
    const passed = await send({ target: "/a,a,b?batch=1" });
    expect(passed.headers["ratelimit-policy"]).toBe('"default";q=9;w=60, "path";q=3;w=3600');
    expect(passed.headers["ratelimit"]).toBe('"default";r=6;t=60, "path";r=1;t=3600');
    const refused = await send({ target: "/a,a,b?batch=1" });
    expect([passed.status, refused.status]).toEqual([200, 207]);
    expect(refused.headers["ratelimit"]).toBe('"default";r=3;t=60, "path";r=0;t=3600');
    expect(refused.headers["retry-after"]).toBe("3600");
  });

  test.each(["closed", "throw"] as const)(
    "a store that fails is SERVICE_UNAVAILABLE (%s)",
    async (onStoreError) => {
      const store = faultyStore();
      const limited = rateLimit({ limits: "5/m", store, onStoreError, onEvent: () => undefined, key });
      const { send } = await serve(t.router({ a: t.procedure.use(limited).query(() => "a") }));
      store.fault = DOWN;
      const { status, body } = await send({ target: "/a" });
      expect([status, JSON.parse(body).error.data.code]).toEqual([503, "SERVICE_UNAVAILABLE"]);
      expect(body).not.toContain("gone");
    },
  );

  test("a function of limits that fails is SERVICE_UNAVAILABLE", async () => {
    const failing = rateLimiter({
      limits: () => {
        throw new Error("gone");
      },
    });
    const limited = rateLimit({ limiter: failing, key });
    const { send } = await serve(t.router({ a: t.procedure.use(limited).query(() => "a") }));
    const { status, body } = await send({ target: "/a" });
    expect([status, JSON.parse(body).error.data.code]).toEqual([503, "SERVICE_UNAVAILABLE"]);
    expect(body).not.toContain("gone");
  });

  test("an uncaught refusal of a procedure is TOO_MANY_REQUESTS behind answerRefusals, and behind rateLimit", async () => {
    const limiter = rateLimiter({ limits: minute(1) });
    const acquiring = async (): Promise<string> => limiter.run("tenant:acme", () => "done");
    const router = t.router({
      plain: t.procedure.query(acquiring),
      answered: t.procedure.use(answerRefusals).query(acquiring),
      limited: t.procedure.use(rateLimit({ limits: minute(9), key, headers: "none" })).query(acquiring),
    });
    const { send } = await serve(router);
    expect((await send({ target: "/plain" })).status).toBe(200);
    expect((await send({ target: "/plain" })).status).toBe(500);
    for (const target of ["/answered", "/limited"]) {
      const { status, headers, body } = await send({ target });
      expect([target, status, headers["retry-after"]]).toEqual([target, 429, "60"]);
      expect(body).not.toContain("tenant:acme");
    }
  });

  test("an uncaught refusal among what a procedure yields is TOO_MANY_REQUESTS, and names no key", async () => {
    const limiter = rateLimiter({ limits: minute(1) });
    await limiter.acquire("tenant:acme");
    async function* acquiring(): AsyncGenerator<number> {
      yield 1;
      await limiter.acquire("tenant:acme");
    }
    const router = t.router({
      answered: t.procedure.use(answerRefusals).subscription(acquiring),
      limited: t.procedure.use(rateLimit({ limits: minute(9), key })).subscription(acquiring),
    });
    const { send } = await serve(router);
    for (const target of ["/answered", "/limited"]) {
      const { body } = await send({ target, headers: { Accept: "text/event-stream" } });
      expect(body).toContain('"code":"TOO_MANY_REQUESTS"');
      expect(body).not.toContain("tenant:acme");
    }
  });
});

describe("a query that yields, and that tRPC refuses without asking it for a value, gives its permit back", () => {
  test.each([
    ["node:http", "its answer is closed"],
    ["fetch", "it is collected"],
  ])("over %s when %s", async (way) => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }) });
    const router = t.router({ ticks: t.procedure.use(rateLimit({ limiter, key })).query(yieldsOnce) });
    const { send } = await ways[way](router);
    expect((await send({ target: "/ticks" })).status).toBe(415);
    expect(await isFree(limiter, 1, way === "fetch")).toBe(true);
  });
});

describe("trpc", () => {
  test("t.middleware takes it, callers on the server are counted, and see the refusal", async () => {
    const limited = t.middleware(rateLimit({ limits: minute(3), key, cost: ({ input }) => Number(input) }));
    const router = t.router({
      pay: t.procedure
        .input((value: unknown) => value as number)
        .use(limited)
        .query(({ ctx, input }) => `${ctx.user} ${input}`),
    });
    const caller = t.createCallerFactory(router)({ user: "ann" });
    expect(await caller.pay(2)).toBe("ann 2");
    const error: unknown = await caller.pay(2).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "TRPCError",
      code: "TOO_MANY_REQUESTS",
      message: "Too Many Requests",
    });
    expect((error as Error).cause).toMatchObject({ key: "ann", status: 429, decision: { remaining: 1 } });
    expect(await caller.pay(1)).toBe("ann 1");
  });

  test("a subscription is counted when it begins, not by what it yields", async () => {
    const limiter: SyncLimiter = rateLimiter({ limits: minute(2) });
    const router = t.router({
      ticks: t.procedure.use(rateLimit({ limiter, key })).subscription(async function* () {
        for (let i = 0; i < 5; i++) yield i;
      }),
    });
    const caller = t.createCallerFactory(router)({ user: "ann" });
    const seen: number[] = [];
    for await (const tick of await caller.ticks()) seen.push(tick);
    expect([seen.length, limiter.peekSync("ann", { cost: 0 }).remaining]).toEqual([5, 1]);
  });

  test("concurrency is held until a procedure has answered or thrown", async () => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }) });
    const held: boolean[] = [];
    const look = async () => held.push((await limiter.peek("ann")).allowed);
    const base = t.procedure.use(rateLimit({ limiter, key }));
    const router = t.router({
      a: base.query(async () => void (await look())),
      b: base.query(async () => {
        await look();
        throw new Error("mine");
      }),
    });
    const caller = t.createCallerFactory(router)({ user: "ann" });
    await caller.a();
    await look();
    await expect(caller.b()).rejects.toThrow("mine");
    await look();
    expect(held).toEqual([false, true, false, true]);
  });

  test.each<[string, (ticks: AsyncIterator<number>) => Promise<unknown>]>([
    ["it has ended", async (ticks) => [await ticks.next(), await ticks.next(), await ticks.next()]],
    ["it has failed", async (ticks) => [await ticks.next(), await ticks.next(), await fail(ticks)]],
    ["it is given up", async (ticks) => [await ticks.next(), await ticks.return?.()]],
    ["it is given up before it has begun", async (ticks) => ticks.return?.()],
  ])("concurrency is held for a subscription until %s", async (name, end) => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }) });
    const router = t.router({
      ticks: t.procedure.use(rateLimit({ limiter, key })).subscription(async function* () {
        yield* [1, 2];
        if (name === "it has failed") throw new Error("mine");
      }),
    });
    const ticks = await t.createCallerFactory(router)({ user: "ann" }).ticks();
    expect((await limiter.peek("ann")).allowed).toBe(false);
    await end(ticks[Symbol.asyncIterator]());
    expect((await limiter.peek("ann")).allowed).toBe(true);
  });

  test("concurrency is held for a query that yields until its call is aborted, asked for a value or not", async () => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }) });
    const router = t.router({ ticks: t.procedure.use(rateLimit({ limiter, key })).query(yieldsOnce) });
    const gone = new AbortController();
    await t.createCallerFactory(router)({ user: "ann" }, { signal: gone.signal }).ticks();
    expect((await limiter.peek("ann")).allowed).toBe(false);
    gone.abort();
    expect((await limiter.peek("ann")).allowed).toBe(true);
    await t.createCallerFactory(router)({ user: "ann" }, { signal: gone.signal }).ticks();
    expect((await limiter.peek("ann")).allowed).toBe(true);
  });

  test("a generator stays one for callers on the server, held for or not", async () => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }) });
    const router = t.router({
      held: t.procedure.use(rateLimit({ limiter, key })).query(yieldsOnce),
      counted: t.procedure.use(rateLimit({ limits: minute(9), key })).query(yieldsOnce),
    });
    const caller = t.createCallerFactory(router)({ user: "ann" });
    for (const ask of [caller.held, caller.counted]) {
      const ticks: AsyncGenerator<number> = await ask();
      expect([(await ticks.next()).value, (await ticks.next()).done]).toEqual([1, true]);
      const failed: AsyncGenerator<number> = await ask();
      await expect(failed.throw(new Error("mine"))).rejects.toThrow("mine");
      const disposed: AsyncGenerator<number> & Partial<AsyncDisposable> = await ask();
      await disposed[Symbol.asyncDispose]?.();
      expect((await disposed.next()).done).toBe(true);
    }
    expect((await limiter.peek("ann")).allowed).toBe(true);
  });

  test("an iterator is held for though its iterable is not", async () => {
    const limiter = rateLimiter({ limits: concurrency({ limit: 1 }) });
    const router = t.router({ ticks: t.procedure.use(rateLimit({ limiter, key })).query(yieldsOnce) });
    const ticks = (await t.createCallerFactory(router)({ user: "ann" }).ticks())[Symbol.asyncIterator]();
    for (let i = 0; i < 5; i++) {
      collect();
      await settle();
    }
    expect((await limiter.peek("ann")).allowed).toBe(false);
    expect([(await ticks.next()).value, (await ticks.next()).done]).toEqual([1, true]);
    expect((await limiter.peek("ann")).allowed).toBe(true);
  });

  test("many that yield for one answer are not warned of as a leak, and are free when it is closed", async () => {
    const warned: Error[] = [];
    const listener = (warning: Error): void => void warned.push(warning);
    process.on("warning", listener);
    onTestFinished(() => void process.off("warning", listener));
    const limiter = rateLimiter({ limits: concurrency({ limit: 30 }) });
    const base = t.procedure.use(rateLimit({ limiter, key }));
    const router = t.router({ ticks: base.query(yieldsOnce) });
    const yieldOften = async (res: ServerResponse) => {
      const caller = t.createCallerFactory(router)({ user: "ann", res });
      for (let i = 0; i < 20; i++) await caller.ticks();
      res.end(String((await limiter.peek("ann", { cost: 0 })).remaining));
    };
    const { send } = await listen(createServer((_request, res) => void yieldOften(res)));
    expect((await send()).body).toBe("10");
    expect(await isFree(limiter, 30)).toBe(true);
    expect(warned).toEqual([]);
  });

  test("errors of procedures, and of key, are tRPC's as ever", async () => {
    const own = new TRPCError({ code: "NOT_FOUND" });
    const router = t.router({
      a: t.procedure.use(rateLimit({ limits: minute(9), key })).query(() => {
        throw own;
      }),
      b: t.procedure
        .use(
          rateLimit({
            limits: minute(9),
            key: () => {
              throw own;
            },
          }),
        )
        .query(() => "not run"),
    });
    const caller = t.createCallerFactory(router)({ user: "ann" });
    await expect(caller.a()).rejects.toBe(own);
    await expect(caller.b()).rejects.toBe(own);
  });

  test("wrong options throw at construction", () => {
    const limiter = rateLimiter({ limits: "1/m" });
    const bad = [
      { limits: "1/m" },
      { limits: "1/m", key: "a" },
      { limiter, key, limits: "1/m" },
      { key },
      { limiter, key, headers: "x" },
      { limiter: { consume: () => true }, key },
      { limits: "1/m", key, cost: -1 },
      { limits: "1/m", key, cost: "2" },
      { limiter, key, cost: { default: 1.5 } },
    ];
    for (const options of bad) expect(() => rateLimit(options as never)).toThrow(ConfigurationError);
  });
});

async function* yieldsOnce(): AsyncGenerator<number> {
  yield 1;
}

/** Whether so many permits are free, as soon as it is known. */
async function isFree(limiter: SyncLimiter, count: number, collects = false): Promise<boolean> {
  for (let i = 0; i < 1000; i++) {
    if (limiter.peekSync("ann", { cost: 0 }).remaining === count) return true;
    if (collects) collect();
    await settle();
  }
  return false;
}

function collect(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

async function fail(ticks: AsyncIterator<number>): Promise<void> {
  await expect(ticks.next()).rejects.toThrow("mine");
}
