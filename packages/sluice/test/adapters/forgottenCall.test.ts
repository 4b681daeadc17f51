import { createServer, type RequestListener } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import express, { type NextFunction, type Request, type Response } from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { rateLimit as forExpress } from "sluice/express";
import { rateLimit as forFastify } from "sluice/fastify";
import { rateLimit as forFetch } from "sluice/fetch";
import { rateLimit as forHono } from "sluice/hono";
import { rateLimit as forKoa } from "sluice/koa";
import { rateLimit } from "sluice/node";
import { describe, expect, test } from "vitest";
import { listen } from "./exchange.ts";

type Server = ReturnType<typeof createServer>;

/** Servers that are given `rateLimit` itself, and what they do with what it throws. */
const servers: Record<string, (caught: (error: unknown) => void) => Promise<Server>> = {
  async express(caught) {
    const app = express().use(forExpress);
    app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
      caught(error);
      response.sendStatus(500);
    });
    return createServer(app as unknown as RequestListener);
  },
  async koa(caught) {
    const app = new Koa().use(forKoa as never).on("error", caught);
    const listener = app.callback();
    return createServer((...exchange) => void listener(...exchange));
  },
  async fastify(caught) {
    const app = fastify();
    app.addHook("onRequest", forFastify as never);
    app.setErrorHandler(async (error, _request, reply) => {
      caught(error);
      return reply.code(500).send("");
    });
    await app.ready();
    return app.server;
  },
  async hono(caught) {
    const app = new Hono().use(forHono as never);
    app.onError((error, context) => {
      caught(error);
      return context.text("", 500);
    });
    return createAdaptorServer(app) as Server;
  },
  async "node:http"(caught) {
    return createServer((request, response) => {
      try {
        rateLimit(request as never);
      } catch (error) {
        caught(error);
        response.writeHead(500).end();
      }
    });
  },
};

describe.each(Object.entries(servers))("rateLimit that was not called, under %s", (_name, serve) => {
  test("says that it is to be", async () => {
    const errors: unknown[] = [];
    const { send } = await listen(await serve((error) => void errors.push(error)));
    expect((await send()).status).toBe(500);
    expect(errors).toEqual([
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringContaining('app.use(rateLimit({ limits: "100/m" }))'),
      }),
    ]);
  });
});

describe("a guard that takes a handler, and stands where a handler is due, says so, and lets no request hang", () => {
  const limits = "100/m";

  test("under node:http", async () => {
    const guarded = rateLimit({ limits }) as unknown as RequestListener;
    const server = createServer((request, response) => {
      try {
        guarded(request, response);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
    const { send } = await listen(server);
    expect(await send()).toMatchObject({ status: 500, body: expect.stringContaining("takes a handler") });
  });

  test("under Express, where it compiles", async () => {
    const app = express().use(rateLimit({ limits }));
    app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
      response.status(500).send(error.message);
    });
    const { send } = await listen(createServer(app as unknown as RequestListener));
    expect(await send()).toMatchObject({ status: 500, body: expect.stringContaining("takes a handler") });
  });

  test("under the Fetch standard", () => {
    const fetch = forFetch({ limits, remoteAddress: () => "203.0.113.9" });
    for (const handler of [new Request("http://h"), undefined, "handler"])
      expect(() => fetch(handler as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
