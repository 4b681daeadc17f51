import { createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import fastify from "fastify";
import { type GuardOptions, memoryStore } from "sluice";
import { rateLimit as forFastify } from "sluice/fastify";
import { rateLimit } from "sluice/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { gate, settle } from "../guard/ask.ts";
import { listen } from "./exchange.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Requests that fail are counted, and `/` answers 200, so that it tells whether one was. */
const options: GuardOptions = { limits: "1/m", countOnly: "failed", identify: () => "ann" };

function guarded(handler: Handler, more: GuardOptions = {}) {
  const limited = rateLimit({ ...options, ...more })((request, response) =>
    request.url === "/" ? response.end() : handler(request, response),
  );
  return (request: IncomingMessage, response: ServerResponse) => void limited(request, response);
}

/** Whether `/` is refused, as soon as the server knows. */
async function isCounted(ask: () => Promise<number>): Promise<boolean> {
  for (let i = 0; i < 1000; i++) {
    if ((await ask()) === 429) return true;
    await settle();
  }
  return false;
}

describe("node:http", () => {
  test("a client that leaves in the middle of the body has failed, though the status was 200", async () => {
    const started = gate();
    const endpoint = await listen(
      createServer(
        guarded((_request, response) => {
          response.write("a part");
          started.open();
        }),
      ),
    );
    const outgoing = send({ port: endpoint.port, path: "/long" }).on("error", () => undefined);
    outgoing.end();
    await started.promise;
    outgoing.destroy();
    expect(await isCounted(async () => (await endpoint.send()).status)).toBe(true);
  });

  test("a client that left while the guard was asked has failed", async () => {
    const [arrived, later] = [gate(), gate()];
    const identify: GuardOptions["identify"] = ({ target }) =>
      target === "/" ? "ann" : (arrived.open(), later.promise.then(() => "ann"));
    const left = gate();
    const listener = guarded((_request, response) => response.end(), { identify });
    const server = createServer((request, response) => {
      if (request.url !== "/") response.on("close", left.open);
      listener(request, response);
    });
    const endpoint = await listen(server);
    const outgoing = send({ port: endpoint.port, path: "/slow" }).on("error", () => undefined);
    outgoing.end();
    await arrived.promise;
    outgoing.destroy();
    await left.promise;
    later.open();
    expect(await isCounted(async () => (await endpoint.send()).status)).toBe(true);
  });

  test("a handler that never answers is counted when its client leaves, and not before", async () => {
    const started = gate();
    const endpoint = await listen(createServer(guarded(() => started.open())));
    const outgoing = send({ port: endpoint.port, path: "/never" }).on("error", () => undefined);
    outgoing.end();
    await started.promise;
    expect((await endpoint.send()).status).toBe(200);
    outgoing.destroy();
    expect(await isCounted(async () => (await endpoint.send()).status)).toBe(true);
  });

  test("a store that fails after the answer rejects nowhere, and warns NOT_COUNTED", async () => {
    const warned = gate();
    const store = memoryStore();
    const codes: string[] = [];
    const onWarning: GuardOptions["onWarning"] = ({ code }) => (codes.push(code), warned.open());
    const handler: Handler = async (_request, response) => {
      await store.close();
      response.writeHead(401).end();
    };
    const endpoint = await listen(createServer(guarded(handler, { store, onWarning })));
    expect((await endpoint.send({ target: "/fail" })).status).toBe(401);
    await warned.promise;
    expect(codes).toEqual(["NOT_COUNTED"]);
  });
});

test("what Fastify injects is answered, too", async () => {
  const app = fastify();
  await app.register(forFastify, options);
  app.get("/", async () => "hello");
  app.get("/fail", async (_request, reply) => reply.code(401).send("no"));
  const ask = async (url: string) => (await app.inject(url)).statusCode;
  expect([await ask("/"), await ask("/"), await ask("/fail")]).toEqual([200, 200, 401]);
  expect(await isCounted(() => ask("/"))).toBe(true);
  await app.close();
});

describe("an answer that was out before the guard was asked", () => {
  test.each([
    [200, false],
    [500, true],
  ])("with %d", async (status, counted) => {
    const out = gate();
    const identify: GuardOptions["identify"] = ({ target }) =>
      target === "/" ? "ann" : out.promise.then(() => "ann");
    const listener = guarded(() => undefined, { identify, onWarning: () => undefined });
    const server = createServer((request, response) => {
      if (request.url !== "/") response.on("close", out.open).writeHead(status).end();
      listener(request, response);
    });
    const endpoint = await listen(server);
    expect((await endpoint.send({ target: "/early" })).status).toBe(status);
    await out.promise;
    if (counted) expect(await isCounted(async () => (await endpoint.send()).status)).toBe(true);
    else for (let i = 0; i < 20; i++) expect((await endpoint.send()).status).toBe(200);
  });
});

describe("node:http2", () => {
  async function session(handler: Handler) {
    const limited = rateLimit(options)((request: IncomingMessage, response: ServerResponse) =>
      request.url === "/" ? response.end() : handler(request, response),
    );
    const server = createHttp2Server(
      (request, response) => void limited(request as never, response as never),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = (server as unknown as Server).address() as AddressInfo;
    const client = connect(`http://127.0.0.1:${port}`);
    onTestFinished(async () => {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const start = (path: string, method = "GET") =>
      client.request({ ":path": path, ":method": method }).on("error", () => undefined);
    const ask = (path: string, method?: string) =>
      new Promise<number>((resolve) => {
        const stream = start(path, method);
        stream.on("response", ({ ":status": status }) => stream.resume().on("end", () => resolve(status!)));
      });
    return { start, ask };
  }

  test("an answer of 401 has failed", async () => {
    const { ask } = await session((_request, response) => {
      response.statusCode = 401;
      response.end("no");
    });
    expect(await ask("/")).toBe(200);
    expect(await ask("/fail")).toBe(401);
    expect(await isCounted(() => ask("/"))).toBe(true);
  });

  test("a stream that its client resets in the middle of the body has failed", async () => {
    const { start, ask } = await session((_request, response) => response.end(Buffer.alloc(5_000_000)));
    const stream = start("/long");
    await new Promise((resolve) => stream.on("response", resolve));
    stream.close(8);
    expect(await isCounted(() => ask("/"))).toBe(true);
  });

  test("a HEAD request has not failed, unless its answer says so, or its client resets it", async () => {
    const started = gate();
    const { start, ask } = await session((request, response) => {
      if (request.url === "/slow") return started.open();
      response.statusCode = request.url === "/fail" ? 401 : 200;
      response.end("not sent");
    });
    for (let i = 0; i < 20; i++) expect(await ask("/town", "HEAD")).toBe(200);
    expect(await ask("/")).toBe(200);
    const stream = start("/slow", "HEAD");
    await started.promise;
    for (let i = 0; i < 20; i++) expect(await ask("/")).toBe(200);
    stream.close(8);
    expect(await isCounted(() => ask("/"))).toBe(true);
  });

  test("a stream that its client resets has failed", async () => {
    const started = gate();
    const { start, ask } = await session(() => started.open());
    const stream = start("/slow");
    await started.promise;
    expect(await ask("/")).toBe(200);
    stream.close(8);
    expect(await isCounted(() => ask("/"))).toBe(true);
  });
});
