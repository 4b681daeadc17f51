import { createServer, type IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { concurrency, type GuardOptions } from "sluice";
import { rateLimit as forExpress } from "sluice/express";
import { rateLimit as forFastify } from "sluice/fastify";
import { rateLimit as forHono } from "sluice/hono";
import { rateLimit as forKoa } from "sluice/koa";
import { rateLimit } from "sluice/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { watchClient } from "../../src/adapters/hono/watchClient.ts";
import { gate, settle } from "../guard/ask.ts";
import { type Endpoint, listen } from "./exchange.ts";

/** What a handler answers to a path: nothing, ever, for `/hang`. */
type Answer = (path: string) => Promise<string>;
type Serve = (options: GuardOptions, answer: Answer) => Promise<ReturnType<typeof createServer>>;

const servers: Record<string, Serve> = {
  async "node:http"(options, answer) {
    const limited = rateLimit(options)(async (request, response) => response.end(await answer(request.url!)));
    return createServer((...exchange) => void limited(...exchange));
  },
  async express(options, answer) {
    const app = express().use(forExpress(options));
    app.use(async (request, response) => void response.send(await answer(request.url)));
    return createServer(app as unknown as RequestListener);
  },
  async koa(options, answer) {
    const app = new Koa().use(forKoa(options));
    app.use(async (context) => void (context.body = await answer(context.path)));
    const listener = app.callback();
    return createServer((...exchange) => void listener(...exchange));
  },
  async fastify(options, answer) {
    const app = fastify();
    await app.register(forFastify, options);
    app.get("/*", ({ url }) => answer(url));
    await app.ready();
    return app.server;
  },
  async hono(options, answer) {
    const app = new Hono().use(forHono(options));
    app.get("/*", async (context) => context.text(await answer(context.req.path)));
    return createAdaptorServer(app) as ReturnType<typeof createServer>;
  },
};

const requests = (paths: readonly string[]): string =>
  paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: sluice.test\r\n\r\n`).join("");

/** Sends requests at once over one connection (Node 20 says nothing to those behind the first when it closes), and leaves when it is told to. */
async function leaveAfter(port: number, paths: readonly string[], arrived: Promise<unknown>): Promise<void> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.write(requests(paths));
  await arrived;
  socket.destroy();
}

/** What `/` is told to remain, as soon as the server knows that it is so much. */
async function remains({ send }: Endpoint, expected: number): Promise<string | undefined> {
  let told: string | undefined;
  for (let i = 0; i < 1000; i++) {
    told = /;r=(\d+)/.exec((await send()).headers["ratelimit"] as string)?.[1];
    if (told === `${expected}`) return told;
    await settle();
  }
  return told;
}

/** An application, and when so many requests have come to its handler. */
async function begin(serve: Serve, options: GuardOptions, count: number) {
  const arrived = gate();
  let left = count;
  const server = await serve({ identify: () => "ann", ...options }, async (path) => {
    if (path !== "/" && --left === 0) arrived.open();
    return path === "/hang" ? new Promise<never>(() => undefined) : "done";
  });
  return { arrived: arrived.promise, endpoint: await listen(server) };
}

describe.each(Object.entries(servers))("a client of %s that pipelines and leaves", (_name, serve) => {
  test.each([
    ["answered at once", ["/hang", "/next"]],
    ["never answered", ["/hang", "/hang"]],
  ])("gives back the permits of all its requests, those behind the first being %s", async (_, paths) => {
    const { endpoint, arrived } = await begin(serve, { limits: concurrency({ limit: 3 }) }, 2);
    await leaveAfter(endpoint.port, paths, arrived);
    expect(await remains(endpoint, 2)).toBe("2");
  });

  test("gives them back, too, when it left while the guard was asked", async () => {
    const [later, asked] = [gate(), gate()];
    let waiting = 2;
    const identify: GuardOptions["identify"] = ({ target }) => {
      if (!target.endsWith("/hang")) return "ann";
      if (--waiting === 0) asked.open();
      return later.promise.then(() => "ann");
    };
    const { endpoint } = await begin(serve, { limits: concurrency({ limit: 3 }), identify }, 2);
    await leaveAfter(endpoint.port, ["/hang", "/hang"], asked.promise);
    expect(await remains(endpoint, 2)).toBe("2");
    later.open();
    await settle();
    expect(await remains(endpoint, 2)).toBe("2");
  });

  test("with many requests is not warned of as a leak", async () => {
    const warned: Error[] = [];
    const listener = (warning: Error): void => void warned.push(warning);
    process.on("warning", listener);
    onTestFinished(() => void process.off("warning", listener));
    const { endpoint, arrived } = await begin(serve, { limits: concurrency({ limit: 50 }) }, 30);
    const paths = ["/hang", ...Array.from<string>({ length: 29 }).fill("/next")];
    await leaveAfter(endpoint.port, paths, arrived);
    expect(await remains(endpoint, 49)).toBe("49");
    expect(warned).toEqual([]);
  });
});

/** Hono does not wait for the client: its requests are counted when their handlers have ended. */
const { hono: _hono, ...waitingForClients } = servers;

test.each(Object.entries(waitingForClients))(
  "a client of %s that pipelines and leaves has failed with each of its requests",
  async (_name, serve) => {
    const options: GuardOptions = { limits: "9/m", countOnly: "failed" };
    const { endpoint, arrived } = await begin(serve, options, 3);
    await leaveAfter(endpoint.port, ["/hang", "/next", "/next"], arrived);
    expect(await remains(endpoint, 5)).toBe("5");
  },
);

test("under Hono a client has gone when its connection is closed, of which the signal of Node 20 does not tell", () => {
  const socket = new Socket();
  const req = { raw: new Request("http://h"), header: () => undefined };
  const hasLeft = watchClient({ req, env: { incoming: { socket } }, res: undefined });
  expect(hasLeft()).toBe(false);
  socket.destroy();
  expect(hasLeft()).toBe(true);
});

describe("a response that its connection never hears of", () => {
  const options: GuardOptions = { limits: concurrency({ limit: 3 }), identify: () => "ann" };

  test("was taken off it", async () => {
    const limited = rateLimit(options)((request, response) => {
      if (request.url === "/") return response.end();
      const { socket } = request;
      response.detachSocket(socket);
      return socket.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    });
    const endpoint = await listen(createServer((...exchange) => void limited(...exchange)));
    expect((await endpoint.send({ target: "/own" })).status).toBe(204);
    expect(await remains(endpoint, 2)).toBe("2");
  });

  test("was made for an upgrade", async () => {
    const arrived = gate();
    const limited = rateLimit(options)((request: IncomingMessage, response: ServerResponse) =>
      request.url === "/" ? response.end() : arrived.open(),
    );
    const server = createServer((...exchange) => void limited(...exchange));
    server.on("upgrade", (request, socket) => {
      socket.on("end", () => socket.end()).resume();
      void limited(request, new ServerResponse(request));
    });
    const endpoint = await listen(server);
    const socket = connect(endpoint.port, "127.0.0.1").on("error", () => undefined);
    socket.write("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await arrived.promise;
    socket.destroy();
    expect(await remains(endpoint, 2)).toBe("2");
  });
});

test("a connection that a test makes up is no trouble, under Hono either", async () => {
  const app = new Hono().use(forHono({ limits: concurrency({ limit: 1 }) }));
  app.get("/", (context) => context.text("hello"));
  for (let i = 0; i < 2; i++) {
    const response = await app.request("/", {}, { incoming: { socket: { remoteAddress: "203.0.113.9" } } });
    expect([response.status, await response.text()]).toEqual([200, "hello"]);
  }
});
