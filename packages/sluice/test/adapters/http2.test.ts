import { EventEmitter, once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { apiKey, clientIp, type GuardOptions, memoryStore } from "sluice";
import { rateLimit as forFastify } from "sluice/fastify";
import { rateLimit as forHono } from "sluice/hono";
import { rateLimit as forKoa } from "sluice/koa";
import { rateLimit } from "sluice/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { gate, settle } from "../guard/ask.ts";

type Answer = IncomingHttpHeaders & { ":status"?: number; body: string };

type Send = (headers?: OutgoingHttpHeaders) => Promise<Answer>;

/** One HTTP/2 connection to a server, until the test ends. */
async function connectTo(port: number): Promise<Send> {
  const session = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  await new Promise((resolve) => session.once("remoteSettings", resolve));
  return (headers = {}) => exchange(session, headers);
}

async function listen(server: Http2Server): Promise<Send> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return connectTo((server.address() as AddressInfo).port);
}

const settings = { maxConcurrentStreams: 2000 };

/** A server whose handler says hello behind the guard. */
async function connected(options: GuardOptions): Promise<Send> {
  const limited = rateLimit({ onError: () => undefined, ...options });
  const handler = limited((_request: Http2ServerRequest, response: Http2ServerResponse) =>
    response.end("hello"),
  );
  return listen(createServer({ settings }, (...exchange) => void handler(...exchange)));
}

const frameworks: Record<string, (options: GuardOptions) => Promise<Send>> = {
  "node:http2": connected,
  async fastify(options) {
    const app = fastify({ http2: true, http2SessionTimeout: 0 });
    await app.register(forFastify, options);
    app.get("/", async () => "hello");
    await app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => app.close());
    return connectTo((app.server.address() as AddressInfo).port);
  },
  async koa(options) {
    const app = new Koa();
    app.silent = true;
    const listener = app
      .use(forKoa(options))
      .use((context) => void (context.body = "hello"))
      .callback();
    return listen(createServer({ settings }, (...exchange) => void listener(...exchange)));
  },
  async hono(options) {
    const app = new Hono();
    app.use(forHono(options));
    app.get("/", (context) => context.text("hello"));
    return listen(
      createAdaptorServer({ fetch: app.fetch, createServer, serverOptions: { settings } }) as Http2Server,
    );
  },
};

function exchange(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": "/", ...headers });
    let answer: IncomingHttpHeaders = {};
    let body = "";
    stream.setEncoding("utf8");
    stream.on("response", (received) => (answer = received));
    stream.on("data", (chunk: string) => (body += chunk));
    stream.on("end", () => resolve({ ...answer, body }));
    stream.on("error", reject);
    stream.end();
  });
}

describe.each(Object.entries(frameworks))("%s", (_, connected) => {
  test("case 35: of 1,000 streams on one connection with limit 10, ten pass", async () => {
    const send = await connected({ limits: "10/m" });
    const answers = await Promise.all(Array.from({ length: 1000 }, () => send()));
    expect(answers.filter((answer) => answer[":status"] === 200)).toHaveLength(10);
    expect(answers.filter((answer) => answer[":status"] === 429)).toHaveLength(990);
  });

  test("fields and problem arrive over HTTP/2", async () => {
    const send = await connected({ limits: "1/m" });
    expect(await send()).toMatchObject({
      ":status": 200,
      "ratelimit-policy": '"default";q=1;w=60',
      body: "hello",
    });
    const refused = await send();
    expect(refused).toMatchObject({
      ":status": 429,
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    });
    expect(refused["retry-after"]).toMatch(/^[1-9]\d*$/);
    expect(JSON.parse(refused.body)).toMatchObject({ "violated-policies": ["default"] });
  });

  test("case 29: an API key on two lines is refused over HTTP/2 too", async () => {
    const send = await connected({ limits: "1/m", identify: [apiKey(), clientIp()] });
    expect((await send({ "x-api-key": ["a", "b"] }))[":status"]).toBe(400);
    expect((await send({ "x-api-key": "a" }))[":status"]).toBe(200);
    expect((await send({ "x-api-key": "a" }))[":status"]).toBe(429);
  });
});

test("a store that was closed is 503 over HTTP/2", async () => {
  const store = memoryStore();
  const send = await connected({ limits: "1/m", store });
  await store.close();
  expect((await send())[":status"]).toBe(503);
});

test("a stream that is cancelled while it waits is no trouble", async () => {
  const unhandled: unknown[] = [];
  const keep = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", keep);
  onTestFinished(() => void process.off("unhandledRejection", keep));
  const later = gate();
  const arrived = new EventEmitter();
  const limited = rateLimit({
    limits: "2/m",
    identify: () => (arrived.emit("one"), later.promise.then(() => "ann")),
  });
  const handler = limited((_: Http2ServerRequest, response: Http2ServerResponse) => response.end("x"));
  const server = createServer((...exchange) => void handler(...exchange));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => void server.close());
  for (let i = 0; i < 5; i++) {
    const stream = session.request({ ":path": "/" });
    stream.on("error", () => undefined);
    await once(arrived, "one");
    stream.close(8);
    await new Promise((resolve) => stream.once("close", resolve));
  }
  later.open();
  await settle();
  await settle();
  expect((await exchange(session, {}))[":status"]).toBe(429);
  session.destroy();
  expect(unhandled).toEqual([]);
});
