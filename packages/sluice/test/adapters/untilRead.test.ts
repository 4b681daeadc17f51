import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Hono } from "hono";
import { concurrency, fixedWindow, rateLimiter, memoryStore } from "sluice";
import { type FetchHandler, rateLimit } from "sluice/fetch";
import { rateLimit as forHono } from "sluice/hono";
import { describe, expect, test } from "vitest";
import { gate, settle } from "../guard/ask.ts";

/** A handler that may run once at a time, and whether it may run now. */
function limitedOnce(handler: FetchHandler<[]>) {
  const store = memoryStore();
  const limits = concurrency({ limit: 1 });
  const rules = [{ limits, pool: "shared" }];
  const limiter = rateLimiter({ store, name: "shared", limits });
  return {
    ask: rateLimit({ store, rules, identify: () => "ann" })(handler),
    isFree: async () => (await limiter.peek("ann")).allowed,
  };
}

const request = (method = "GET", signal?: AbortSignal) =>
  new Request("http://h/", { method, signal: signal! });

function streamOf(...chunks: (string | Error)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else if (chunk instanceof Error) controller.error(chunk);
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
}

describe("concurrency under Fetch is held", () => {
  test("until the body has been read to its end", async () => {
    const { ask, isFree } = limitedOnce(() => new Response(streamOf("one", "two")));
    const reader = (await ask(request())).body!.getReader();
    expect(await isFree()).toBe(false);
    const read: string[] = [];
    for (let i = 0; i < 2; i++) {
      read.push(new TextDecoder().decode((await reader.read()).value));
      expect(await isFree()).toBe(false);
    }
    expect([(await reader.read()).done, read]).toEqual([true, ["one", "two"]]);
    expect(await isFree()).toBe(true);
  });

  test("until it is cancelled, which the body is told", async () => {
    const reasons: unknown[] = [];
    const body = new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
    const { ask, isFree } = limitedOnce(() => new Response(body));
    const response = await ask(request());
    await response.body!.cancel("enough");
    expect([await isFree(), reasons]).toEqual([true, ["enough"]]);
  });

  test("until it fails", async () => {
    const failure = new Error("mine");
    const { ask, isFree } = limitedOnce(() => new Response(streamOf("one", failure)));
    await expect((await ask(request())).text()).rejects.toBe(failure);
    expect(await isFree()).toBe(true);
  });

  test("until the client has gone, whether its handler answers or not", async () => {
    const [gone, later] = [new AbortController(), gate()];
    const { ask, isFree } = limitedOnce(() => later.promise.then(() => new Response("x")));
    const asked = ask(request("GET", gone.signal));
    await settle();
    expect(await isFree()).toBe(false);
    gone.abort();
    expect(await isFree()).toBe(true);
    later.open();
    expect(await (await asked).text()).toBe("x");
  });

  test("and not for who has left before", async () => {
    const { ask, isFree } = limitedOnce(() => new Promise(() => undefined));
    void ask(request("GET", AbortSignal.abort()));
    await settle();
    expect(await isFree()).toBe(true);
  });

  test.each<[string, () => Response, string?]>([
    ["no body", () => new Response(null, { status: 204 })],
    ["nothing", () => undefined as never],
    ["an answer to HEAD, which nobody reads", () => new Response("x"), "HEAD"],
    ["a body that is read elsewhere", readElsewhere],
    ["a network error", () => Response.error()],
  ])("and not after %s", async (_, answer, method) => {
    const { ask, isFree } = limitedOnce(answer);
    await ask(request(method));
    expect(await isFree()).toBe(true);
  });

  test("and not where the handler throws", async () => {
    const { ask, isFree } = limitedOnce(() => {
      throw new Error("mine");
    });
    await expect(ask(request())).rejects.toThrow("mine");
    expect(await isFree()).toBe(true);
  });

  test("not for ever by a response that nobody reads", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { ask, isFree } = limitedOnce(() => new Response(streamOf("one")));
    await ask(request());
    expect(await isFree()).toBe(false);
    for (let i = 0; i < 1000 && !(await isFree()); i++) {
      collect();
      await settle();
    }
    expect(await isFree()).toBe(true);
  });
});

test("the answer keeps its status, fields and cookies", async () => {
  const headers = [
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
    ["Content-Type", "text/x"],
  ] as [string, string][];
  const { ask } = limitedOnce(() => new Response("hello", { status: 201, statusText: "Made", headers }));
  const response = await ask(request());
  expect([response.status, response.statusText, await response.text()]).toEqual([201, "Made", "hello"]);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(response.headers.get("content-type")).toBe("text/x");
  expect(response.headers.get("ratelimit")).toBe('"default";r=0');
});

test("a body is not read ahead of its client", async () => {
  let pulled = 0;
  const body = new ReadableStream(
    { pull: (controller) => controller.enqueue(new Uint8Array(++pulled)) },
    { highWaterMark: 0 },
  );
  const { ask } = limitedOnce(() => new Response(body));
  const reader = (await ask(request())).body!.getReader();
  await settle();
  expect(pulled).toBe(0);
  await reader.read();
  await settle();
  expect(pulled).toBe(1);
  await reader.cancel();
});

test("under limits on rates alone the response stays the same object", async () => {
  const response = new Response(streamOf("one"));
  const limited = rateLimit({ limits: fixedWindow({ limit: 9, window: "1m" }), identify: () => "ann" });
  expect(await limited(() => response)(request())).toBe(response);
});

test("under Hono an error that it answers gives back, and so does an answer that outer middleware replaces", async () => {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    if (context.req.path === "/replaced") {
      await context.res.body?.cancel();
      context.res = new Response("other");
    }
  });
  app.use(forHono({ limits: concurrency({ limit: 1 }), identify: () => "ann" }));
  app.onError((_error, context) => context.text("failed", 500));
  app.get("/fails", () => Promise.reject(new Error("mine")));
  app.get("*", (context) => context.text("hello"));
  for (const [path, status, text] of [
    ["/fails", 500, "failed"],
    ["/replaced", 200, "other"],
    ["/", 200, "hello"],
    ["/", 200, "hello"],
  ] as const) {
    const response = await app.request(path);
    expect([response.status, await response.text()]).toEqual([status, text]);
  }
});

function readElsewhere(): Response {
  const response = new Response("x");
  response.body!.getReader();
  return response;
}
