import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { guard, type GuardOptions, type Passage } from "sluice";
import { nodeRequest, sendReply, setHeaders, watchAnswer } from "sluice/node";
import { type Application, testAdapter } from "sluice/testing";
import { expect, test } from "vitest";
import { served } from "../adapters/exchange.ts";
import { writeAnswer } from "../adapters/writeAnswer.ts";

type Next = () => Promise<void>;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => Promise<void>;

/** What an adapter does, each step of which a test may break. */
interface Steps {
  readonly ask: (request: IncomingMessage, check: ReturnType<typeof guard>["check"]) => Promise<Passage>;
  readonly pass: (response: ServerResponse, passage: Passage, next: Next) => Promise<void>;
  readonly refuse: (
    response: ServerResponse,
    reply: NonNullable<Passage["reply"]>,
    next: Next,
  ) => Promise<void> | void;
  readonly fail: (response: ServerResponse, error: unknown, next: Next) => Promise<void> | void;
}

const right: Steps = {
  ask: (request, check) => check(nodeRequest(request, request.url!)),
  pass: (response, { headers, answered, ended }, next) => {
    watchAnswer(response, { answered, ended });
    setHeaders(response, headers);
    return next();
  },
  refuse: sendReply,
  fail: (response, error) => {
    response.statusCode = (error as { status?: number } | undefined)?.status ?? 500;
    response.end();
  },
};

const middleware = (options: GuardOptions, { ask, pass, refuse, fail }: Steps): Middleware => {
  const { check } = guard(options);
  return async (request, response, next) => {
    let passage: Passage;
    try {
      passage = await ask(request, check);
      if (passage.reply !== undefined) return await refuse(response, passage.reply, next);
    } catch (error) {
      return fail(response, error, next);
    }
    await pass(response, passage, next);
  };
};

function listenerOf({ guards, mounts, handler }: Application, steps: Steps) {
  const chain = guards.flatMap((options) =>
    Array.from<Middleware>({ length: mounts }).fill(middleware(options, steps)),
  );
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const run = async (from: number): Promise<void> => {
      if (from < chain.length) return chain[from](request, response, () => run(from + 1));
      await writeAnswer(response, await handler(request.url!));
    };
    await run(0).catch(() => writeAnswer(response, { status: 500 }));
  };
}

/** Runs the suite outside of any test runner, and names the promises that are broken, in order. */
async function brokenPromises(steps: Partial<Steps>): Promise<string[]> {
  const promises: { name: string; hold: () => Promise<void> }[] = [];
  testAdapter(
    {
      serve(application, at) {
        const listener = listenerOf(application, { ...right, ...steps });
        return served(
          createServer((...exchange) => void listener(...exchange)),
          at,
        );
      },
    },
    { describe: (_, body) => body(), test: (name, hold) => promises.push({ name, hold }) },
  );
  const found: string[] = [];
  for (const { name, hold } of promises) await hold().catch(() => found.push(name));
  return found;
}

const native = (request: IncomingMessage, change: object) => ({
  ...nodeRequest(request, request.url!),
  ...change,
});

test("an adapter that does as it should breaks no promise", async () => {
  expect(await brokenPromises({})).toEqual([]);
});

test.each<[string, Partial<Steps>, RegExp]>([
  ["tells nothing", { pass: (_response, _passage, next) => next() }, /^case 01/],
  [
    "tells only the last guard",
    {
      pass: (response, { headers }, next) => {
        for (const [name, value] of headers) response.setHeader(name, value);
        return next();
      },
    },
    /^case 09: two limiters/,
  ],
  [
    "does not say how a request was answered",
    {
      pass: (response, { headers }, next) => {
        setHeaders(response, headers);
        return next();
      },
    },
    /^countOnly "failed"/,
  ],
  [
    "does not say when an answer has ended",
    {
      pass: (response, { headers, answered }, next) => {
        watchAnswer(response, { answered });
        setHeaders(response, headers);
        return next();
      },
    },
    /^concurrency: held until the answer/,
  ],
  [
    "says that an answer has ended when its handler is called",
    {
      pass: (response, { headers, answered, ended }, next) => {
        watchAnswer(response, { answered });
        setHeaders(response, headers);
        void ended?.();
        return next();
      },
    },
    /^concurrency: held until a stream has ended/,
  ],
  [
    "says that every request succeeded",
    {
      pass: async (response, { headers, answered, ended }, next) => {
        watchAnswer(response, { ended });
        setHeaders(response, headers);
        await next().finally(() => void answered?.(200));
      },
    },
    /^countOnly: a client that goes away/,
  ],
  [
    "tells all fields of a name on one line",
    {
      refuse: (response, { status, headers, body }) => {
        for (const [name, value] of headers) response.setHeader(name, value);
        response.writeHead(status).end(body);
      },
    },
    /^another reply is sent as it is/,
  ],
  [
    "refuses with another status",
    { refuse: (response, reply) => sendReply(response, { ...reply, status: 503 }) },
    /^case 02/,
  ],
  ["runs the handler of what it refuses", { refuse: (_response, _reply, next) => next() }, /^case 02/],
  [
    "answers without the problem",
    { refuse: (response, reply) => sendReply(response, { ...reply, body: "" }) },
    /^case 02/,
  ],
  [
    "believes X-Forwarded-For",
    {
      ask: (request, check) =>
        check(
          native(request, {
            remoteAddress: request.headers["x-forwarded-for"] ?? request.socket.remoteAddress,
          }),
        ),
    },
    /^case 14/,
  ],
  [
    "tells every peer as one",
    { ask: (request, check) => check(native(request, { remoteAddress: "::1" })) },
    /^case 23/,
  ],
  [
    "drops the second line of a name",
    {
      ask: (request, check) =>
        check(
          native(request, {
            headerLines: () => 1,
            header: (name: string) => nodeRequest(request, "/").header(name)?.split(", ")[0],
          }),
        ),
    },
    /^case 29/,
  ],
  ["loses the path", { ask: (request, check) => check(native(request, { target: "/" })) }, /^query and host/],
  [
    "loses the method",
    { ask: (request, check) => check(native(request, { method: "GET" })) },
    /^case 31: X-HTTP/,
  ],
  [
    "asks with a request of its own each time",
    { ask: (request, check) => check(native(request, { native: {} })) },
    /^case 36/,
  ],
  [
    "decodes the path",
    { ask: (request, check) => check(native(request, { target: decodeURIComponent(request.url!) })) },
    /^case 33/,
  ],
  ["lets pass what it cannot decide", { fail: (_response, _error, next) => next() }, /^case 56: identify/],
  [
    "takes nothing thrown for no error",
    { fail: (response, error, next) => (error === undefined ? next() : right.fail(response, error, next)) },
    /^case 56: what is thrown/,
  ],
  [
    "answers every error with 500",
    { fail: (response) => void response.writeHead(500).end() },
    /^a store that was closed/,
  ],
  [
    "rejects where nobody catches",
    { fail: (response, error, next) => (void Promise.reject(error), right.fail(response, error, next)) },
    /^case 56/,
  ],
  [
    "does not ask for preflights",
    {
      ask: async (request, check) =>
        request.method === "OPTIONS"
          ? { reply: undefined, headers: [], identity: undefined, decided: [] }
          : check(native(request, {})),
    },
    /^preflights/,
  ],
])("an adapter that %s is found out", async (_, steps, promise) => {
  const broken = await brokenPromises(steps);
  expect(broken.filter((name) => promise.test(name))).not.toEqual([]);
});
