import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { GuardOptions } from "sluice";
import { memoryStore } from "sluice";
import { rateLimit } from "sluice/node";
import { type Application, testAdapter } from "sluice/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { settle } from "../guard/ask.ts";
import { listen, served } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { writeAnswer } from "./writeAnswer.ts";

const answering =
  (handler: Application["handler"]) => async (request: IncomingMessage, response: ServerResponse) => {
    try {
      await writeAnswer(response, await handler(request.url!));
    } catch {
      await writeAnswer(response, { status: 500 });
    }
  };
const quietly = (options: GuardOptions) => rateLimit({ onError: () => undefined, ...options });

testAdapter(
  {
    name: "node:http",
    serve(application, at) {
      const limits = mounted(application, quietly);
      const listener = limits.reduceRight(
        (inner, limited) => limited(inner) as never,
        answering(application.handler),
      );
      return served(
        createServer((...exchange) => void listener(...exchange)),
        at,
      );
    },
  },
  { describe, test },
);

const failing = (): never => {
  throw new Error("no");
};
const ok = (_request: IncomingMessage, response: ServerResponse) => response.end("hello");

/** No promise, and it can be waited for: a query of a database client. */
function waitable(
  then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void,
): object {
  // oxlint-disable-next-line unicorn/no-thenable
  return { then };
}

describe("node:http", () => {
  test.each(["//evil/login", "///evil/login", "/\\evil/login?x", "//evil/a/../login"])(
    "case 30: %s, a path and a host to a URL parser, spends from the rule of the path",
    async (target) => {
      const limited = rateLimit({ rules: [{ path: "/login", limits: "1/m" }] });
      const { send } = await listen(
        createServer(
          limited((request, response) => response.end(new URL(request.url!, "http://sluice.test").pathname)),
        ),
      );
      expect((await send({ target })).body).toBe("/login");
      expect((await send({ target })).status).toBe(429);
      expect((await send({ target: "/login" })).status).toBe(429);
    },
  );

  test("errors are told to onError, and to the client without their cause", async () => {
    const failure = new Error("redis://:password@10.0.0.1");
    const onError = vi.fn<(error: unknown) => void>();
    const limited = rateLimit({ limits: "1/m", identify: () => Promise.reject(failure), onError });
    const { send } = await listen(createServer(limited(ok)));
    const { status, headers, body } = await send();
    expect(status).toBe(500);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    });
    expect(body).not.toContain("password");
    expect(onError).toHaveBeenCalledExactlyOnceWith(failure);
  });

  test("onError that throws or rejects still lets the client have its answer", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const onError of [failing, () => Promise.reject(new Error("no"))]) {
      const limited = rateLimit({ limits: "1/m", identify: () => "", onError });
      const { send } = await listen(createServer(limited(ok)));
      expect((await send()).status).toBe(500);
    }
    await settle();
    expect(error).toHaveBeenCalledTimes(2);
    error.mockRestore();
  });

  test("onError must be a function", () => {
    expect(() => rateLimit({ limits: "1/m", onError: "log" as never })).toThrow(TypeError);
  });

  test("what the handler throws or rejects with is what the listener rejects with", async () => {
    const failure = new Error("of the handler");
    const onError = vi.fn<(error: unknown) => void>();
    const limited = rateLimit({ limits: "9/m", onError });
    const throwing = limited(() => {
      throw failure;
    });
    const rejecting = limited(() => Promise.reject(failure));
    const caught: unknown[] = [];
    const { send } = await listen(
      createServer((request, response) => {
        const listener = request.url === "/throw" ? throwing : rejecting;
        Promise.resolve(listener(request, response)).catch((error: unknown) => {
          caught.push(error);
          response.end();
        });
      }),
    );
    await send({ target: "/throw" });
    await send({ target: "/reject" });
    expect(caught).toEqual([failure, failure]);
    expect(onError).not.toHaveBeenCalled();
  });

  test("what a handler returns that is no promise, and can be waited for, is waited for like one", async () => {
    const failure = new Error("of the handler");
    const limited = rateLimit({ limits: "9/m" });
    const rejecting = limited(() => waitable((_, reject) => reject(failure)));
    const resolving = limited(() => waitable((resolve) => resolve("done")));
    const results: unknown[] = [];
    const { send } = await listen(
      createServer((request, response) => {
        const listener = request.url === "/reject" ? rejecting : resolving;
        void Promise.allSettled([listener(request, response)])
          .then((settled) => results.push(...settled))
          .finally(() => response.end());
      }),
    );
    await send({ target: "/reject" });
    await send({ target: "/resolve" });
    expect(results).toEqual([
      { status: "rejected", reason: failure },
      { status: "fulfilled", value: "done" },
    ]);
  });

  test("a text called then, on the prototype of all objects, makes nothing a promise", async () => {
    const limited = rateLimit({ limits: "1/m" });
    const { send } = await listen(createServer(limited(ok)));
    // What a hole in another library lets a client do.
    onTestFinished(() => void Reflect.deleteProperty(Object.prototype, "then"));
    // oxlint-disable-next-line eslint/no-extend-native, unicorn/no-thenable
    Object.defineProperty(Object.prototype, "then", { value: "polluted", configurable: true });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
  });

  test.each([true, false])(
    "case 10: headers that were sent before: no exception, counted, ended (limit left: %s)",
    async (left) => {
      const store = memoryStore();
      const onError = vi.fn<(error: unknown) => void>();
      const limited = rateLimit({ limits: "2/m", store, onError, identify: () => "ann" })((_, response) =>
        response.end("tail"),
      );
      const { send } = await listen(
        createServer((request, response) => {
          response.writeHead(200, { "X-Early": "1" });
          response.write("head ");
          void limited(request, response);
        }),
      );
      const first = await send();
      expect([first.status, first.body, first.headers["ratelimit"]]).toEqual([200, "head tail", undefined]);
      if (!left) await send();
      expect((await send()).body).toBe(left ? "head tail" : "head ");
      expect((await send()).body).toBe("head ");
      expect(onError).not.toHaveBeenCalled();
    },
  );

  test("case 10: an answer that was finished before is left alone", async () => {
    const limited = rateLimit({ limits: "1/m", identify: () => "ann" })(() => undefined);
    const { send } = await listen(
      createServer((request, response) => {
        response.end("done");
        void limited(request, response);
      }),
    );
    for (let i = 0; i < 3; i++) expect(await send()).toMatchObject({ status: 200, body: "done" });
  });

  test("case 13: what the application exposed before stays exposed", async () => {
    const limited = rateLimit({ limits: "1/m", exposeHeaders: true })(ok);
    const { send } = await listen(
      createServer((request, response) => {
        response.setHeader("Access-Control-Expose-Headers", ["X-Total", "ETag"]);
        void limited(request, response);
      }),
    );
    for (const status of [200, 429]) {
      const answer = await send();
      expect(answer.status).toBe(status);
      expect(answer.headers["access-control-expose-headers"]).toBe(
        "X-Total, ETag, Retry-After, RateLimit-Policy, RateLimit",
      );
    }
  });

  test("an upgrade that a listener takes does not reach the handler, and is not counted", async () => {
    const server = createServer(rateLimit({ limits: "1/m" })(ok));
    server.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 426 Upgrade Required\r\n\r\n"));
    const { send } = await listen(server);
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    for (let i = 0; i < 3; i++) expect((await send({ headers })).status).toBe(426);
    expect((await send()).status).toBe(200);
  });

  test("headers by names of Object.prototype are not there", async () => {
    const seen: unknown[] = [];
    const limited = rateLimit({
      limits: "9/m",
      identify: ({ header, headerLines }) => {
        for (const name of ["constructor", "__proto__", "x-one"]) seen.push(header(name), headerLines(name));
        return "ann";
      },
    })(ok);
    const { send } = await listen(createServer(limited));
    await send({ headers: ["X-One", "a", "x-one", "b"] });
    expect(seen).toEqual([undefined, 0, undefined, 0, "a, b", 2]);
  });
});
