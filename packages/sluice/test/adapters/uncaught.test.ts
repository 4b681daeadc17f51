import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express5 from "express";
import express4 from "express4";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import {
  fixedWindow,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
  type RateLimiterOptions,
} from "sluice";
import { rateLimit as forFetch } from "sluice/fetch";
import { rateLimit as forNode } from "sluice/node";
import { manualClock } from "sluice/testing";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { type Endpoint, endpointAt, listen } from "./exchange.ts";
import { listenFetch } from "./listenFetch.ts";

/** An application whose only handler runs the work, and catches nothing. */
type Framework = (work: () => Promise<string>) => Endpoint | Promise<Endpoint>;

const frameworks: Record<string, Framework> = {
  "express 4": (work) => expressApp(express4 as unknown as typeof express5, work),
  "express 5": (work) => expressApp(express5, work),
  async fastify(work) {
    const app = fastify();
    app.get("/", work);
    await app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => app.close());
    return endpointAt((app.server.address() as AddressInfo).port);
  },
  koa(work) {
    const app = new Koa();
    app.silent = true;
    app.use(async (context) => void (context.body = await work()));
    const listener = app.callback();
    return listen(createServer((...exchange) => void listener(...exchange)));
  },
  hono(work) {
    const app = new Hono();
    app.get("/", async (c) => c.text(await work()));
    return listenFetch(app.fetch);
  },
  node: (work) => {
    const limit = forNode({ limits: "100/m", name: "outer", headers: "none" });
    return listen(createServer(limit(async (_request, response) => void response.end(await work()))));
  },
  fetch: (work) => {
    const limit = forFetch({ limits: "100/m", headers: "none", remoteAddress: () => "192.0.2.1" });
    return listenFetch(limit(async () => new Response(await work())));
  },
};

function expressApp(express: typeof express5, work: () => Promise<string>): Promise<Endpoint> {
  const app = express().set("env", "production");
  app.get("/", (_request, response, next) => void work().then((text) => response.send(text), next));
  return listen(createServer(app));
}

const PROBLEM = "application/problem+json";
/** Those which answer by themselves have bodies of their own. */
const bodies: Record<string, string> = {
  "express 4": "text/html; charset=utf-8",
  "express 5": "text/html; charset=utf-8",
  fastify: "application/json; charset=utf-8",
  koa: "text/plain; charset=utf-8",
  hono: PROBLEM,
  node: PROBLEM,
  fetch: PROBLEM,
};

beforeEach(() => {
  // Where Express writes what nobody catches.
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  onTestFinished(() => error.mockRestore());
});

describe.each(Object.entries(frameworks))("an uncaught refusal in %s", (name, serveIn) => {
  const acquiring = (options: RateLimiterOptions) => {
    const limiter = rateLimiter({ onEvent: () => undefined, ...options });
    return serveIn(async () => {
      await limiter.acquire("tenant:acme");
      return "done";
    });
  };

  test("S0.23, S2.29: is 429 with the fields of the decision, Retry-After and no-store", async () => {
    const clock = manualClock();
    const limits = fixedWindow({ limit: 1, window: "1m", anchor: "first-call" });
    const { send } = await acquiring({ limits, store: memoryStore({ clock }) });
    expect((await send()).body).toBe("done");
    clock.advance("17s");
    const { status, headers, body } = await send();
    expect(status).toBe(429);
    expect(headers).toMatchObject({
      "retry-after": "43",
      "cache-control": "no-store",
      ratelimit: '"default";r=0;t=43',
      "ratelimit-policy": '"default";q=1;w=60',
      "content-type": bodies[name],
    });
    if (headers["content-type"] === PROBLEM) expect(JSON.parse(body).status).toBe(429);
    // Fastify sends the messages of errors: see docs/functions.md.
    if (name !== "fastify") expect(body).not.toContain("tenant:acme");
  });

  test("is 503 where the store fails and the limiter fails closed", async () => {
    const store = faultyStore();
    const { send } = await acquiring({ limits: "1/m", store, onStoreError: "closed" });
    store.fault = DOWN;
    const { status, headers, body } = await send();
    expect([status, headers["retry-after"], headers["ratelimit"]]).toEqual([503, "1", undefined]);
    if (headers["content-type"] === PROBLEM) expect(JSON.parse(body).status).toBe(503);
  });

  test("without a decision says Retry-After 1", async () => {
    const { send } = await serveIn(() => Promise.reject(new RateLimitExceededError("tenant:acme")));
    const { status, headers } = await send();
    expect([status, headers["retry-after"], headers["cache-control"]]).toEqual([429, "1", "no-store"]);
  });

  test("never says when, if the call can never pass", async () => {
    const { send } = await acquiring({ limits: fixedWindow({ limit: 0, window: "1m" }) });
    const { status, headers } = await send();
    expect([status, headers["retry-after"]]).toEqual([429, undefined]);
  });

  test("S2.25: a handler may catch it, and answer as it likes", async () => {
    const limiter = rateLimiter({ limits: "1/m" });
    const { send } = await serveIn(async () => {
      try {
        return await limiter.run("a", () => "done");
      } catch (error) {
        if (error instanceof RateLimitExceededError) return "please wait";
        throw error;
      }
    });
    expect([(await send()).body, (await send()).body]).toEqual(["done", "please wait"]);
  });
});

test("a refusal as a response of the Fetch standard", async () => {
  const limiter = rateLimiter({ limits: fixedWindow({ limit: 1, window: "1m", name: "sends" }) });
  limiter.consumeSync("a");
  const error = await limiter.acquire("a").catch((thrown: unknown) => thrown as RateLimitExceededError);
  if (!(error instanceof RateLimitExceededError)) throw new Error("it was not refused");
  const response = error.toResponse();
  expect([response.status, response.headers.get("content-type")]).toEqual([429, PROBLEM]);
  expect(response.headers.get("retry-after")).toBe(error.headers["Retry-After"]);
  expect(await response.json()).toEqual(error.problem);
  expect(error.problem["violated-policies"]).toEqual(["sends"]);
});
