import { createServer, type RequestListener } from "node:http";
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import type { GuardOptions } from "sluice";
import { rateLimit as forExpress } from "sluice/express";
import { rateLimit as forFastify } from "sluice/fastify";
import { rateLimit as forKoa } from "sluice/koa";
import { rateLimit } from "sluice/node";
import { describe, expect, test } from "vitest";
import { listen } from "./exchange.ts";

type Fields = Readonly<Record<string, string | string[]>>;
type Serve = (options: GuardOptions, before: Fields) => Promise<ReturnType<typeof createServer>>;

/** Servers that set fields before their guard is asked. */
const servers: Record<string, Serve> = {
  async "node:http"(options, before) {
    const limited = rateLimit(options)((_request, response) => response.end());
    return createServer((request, response) => {
      for (const [name, value] of Object.entries(before)) response.setHeader(name, value);
      void limited(request, response);
    });
  },
  async express(options, before) {
    const app = express();
    app.use((_request, response, next) => {
      response.set(before as never);
      next();
    });
    return createServer(app.use(forExpress(options)) as unknown as RequestListener);
  },
  async koa(options, before) {
    const app = new Koa();
    app.use((context, next) => {
      context.set({ ...before });
      return next();
    });
    const listener = app.use(forKoa(options)).callback();
    return createServer((...exchange) => void listener(...exchange));
  },
  async fastify(options, before) {
    const app = fastify();
    app.addHook("onRequest", async (_request, reply) => void reply.headers(before));
    await app.register(forFastify, options);
    await app.ready();
    return app.server;
  },
  async "fastify, on the response of Node"(options, before) {
    const app = fastify();
    app.addHook("onRequest", async (_request, { raw }) => {
      for (const [name, value] of Object.entries(before)) raw.setHeader(name, value);
    });
    await app.register(forFastify, options);
    await app.ready();
    return app.server;
  },
};

const OF_ANOTHER_BODY = {
  "Content-Length": "5",
  "Content-Encoding": "gzip",
  "Content-Language": "de",
  "Content-Range": "bytes 0-4/9",
  ETag: '"a"',
  "Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT",
};
const BEFORE: Fields = { ...OF_ANOTHER_BODY, "X-Own": "1", "Set-Cookie": ["a=1", "b=2"], Vary: "Origin" };

describe.each(Object.entries(servers))("fields that were set before a refusal, %s:", (_name, serve) => {
  test("those of a body that is not sent are taken off, all others stay", async () => {
    const { send } = await listen(await serve({ limits: "0/m", identify: () => "ann" }, BEFORE));
    // Twice over one connection.
    for (let i = 0; i < 2; i++) {
      const { status, headers, body } = await send();
      expect([status, JSON.parse(body)["violated-policies"]]).toEqual([429, ["default"]]);
      const { "content-length": length = `${Buffer.byteLength(body)}`, ...others } = headers;
      expect(length).toBe(`${Buffer.byteLength(body)}`);
      for (const name of Object.keys(OF_ANOTHER_BODY)) expect(others).not.toHaveProperty(name.toLowerCase());
      expect(others).toMatchObject({ "x-own": "1", "set-cookie": ["a=1", "b=2"], vary: "Origin" });
    }
  });

  test("cookies and Vary of the reply join them", async () => {
    const onLimit: GuardOptions["onLimit"] = {
      status: 429,
      headers: [
        ["Set-Cookie", "c=3"],
        ["set-cookie", "d=4"],
        ["Vary", "Accept"],
        ["Content-Language", "fr"],
        ["X-Own", "2"],
      ],
      body: "trop",
    };
    const { send } = await listen(await serve({ limits: "0/m", identify: () => "ann", onLimit }, BEFORE));
    const { headers, body } = await send();
    expect(body).toBe("trop");
    expect(headers).toMatchObject({
      "set-cookie": ["a=1", "b=2", "c=3", "d=4"],
      vary: "Origin, Accept",
      "content-language": "fr",
      "x-own": "2",
    });
  });

  test("a HEAD request is told the same fields", async () => {
    const { send } = await listen(await serve({ limits: "0/m", identify: () => "ann" }, BEFORE));
    const { status, headers } = await send({ method: "HEAD" });
    expect(status).toBe(429);
    expect(headers).not.toHaveProperty("content-encoding");
    expect(headers["content-length"]).not.toBe("5");
  });
});
