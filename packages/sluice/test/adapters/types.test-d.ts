import { createServer } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { Router } from "@koa/router";
import express5 from "express";
import express4 from "express4";
import fastify, { type FastifyInstance, type onRequestHookHandler } from "fastify";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import Koa from "koa";
import { apiKey, clientIp, openAiHeaders, type Rule, slidingWindow, tokenBucket } from "sluice";
import { rateLimit as forExpress } from "sluice/express";
import { rateLimit as forFastify } from "sluice/fastify";
import { type FetchOptions, rateLimit as forFetch } from "sluice/fetch";
import { rateLimit as forHono } from "sluice/hono";
import { rateLimit as forKoa } from "sluice/koa";
import { rateLimit as forNode } from "sluice/node";
import { expectTypeOf } from "vitest";

const limits = "100/m";

// Express 5: application, path, router, route, beside middleware that adds to the request.
{
  const app = express5();
  app.use(forExpress({ limits }));
  app.use("/api", forExpress({ limits }), (_request, response) => void response.send("x"));
  app.get("/user/:id", forExpress({ limits }), (request, response) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>();
    response.send("x");
  });
  app.route("/a").all(forExpress({ limits }));
  const router = express5.Router();
  router.use(forExpress({ limits }));
  router.post("/login", [forExpress({ limits }), forExpress({ limits: "5/m" })], express5.json());
  expectTypeOf(forExpress({ limits })).toExtend<express5.RequestHandler>();
  createServer(app);
}

// Express 4.
{
  const app = express4();
  app.use(forExpress({ limits }));
  app.use("/api", forExpress({ limits }), (_request, response) => void response.send("x"));
  app.get("/user/:id", forExpress({ limits }), (request, response) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>();
    response.send("x");
  });
  const router = express4.Router();
  router.use(forExpress({ limits }));
  router.post("/login", [forExpress({ limits }), forExpress({ limits: "5/m" })], express4.json());
  expectTypeOf(forExpress({ limits })).toExtend<express4.RequestHandler>();
}

// Fastify: the plugin on an instance and in a scope, the hook of a route and of an instance; over HTTP/2 too.
{
  const app = fastify();
  app.register(forFastify, { limits });
  app.register(forFastify, { rules: [{ path: "/a", limits }], headers: "draft-7" });
  app.register(async (scope) => void scope.register(forFastify, { limits }), { prefix: "/api" });
  app.addHook("onRequest", forFastify({ limits }));
  app.get<{ Params: { id: string } }>("/user/:id", { onRequest: forFastify({ limits }) }, async (request) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>();
  });
  app.route({
    method: "GET",
    url: "/a",
    onRequest: [forFastify({ limits }), forFastify({ limits: "5/m" })],
    handler: async () => "x",
  });
  expectTypeOf(forFastify({ limits })).toExtend<onRequestHookHandler>();
  fastify({ http2: true }).register(forFastify, { limits });
  fastify({ http2: true }).get("/", { onRequest: forFastify({ limits }) }, async () => "x");
  expectTypeOf<FastifyInstance>().toExtend<Parameters<typeof forFastify>[0]>();
  // @ts-expect-error no limit
  app.register(forFastify, { limits: "fast" });
  // @ts-expect-error no such option
  app.register(forFastify, { limit: "100/m" });
}

// Koa: application, path, router, route.
{
  const app = new Koa<{ user: string }>();
  app.use(forKoa({ limits }));
  const router = new Router<{ user: string }>();
  router.use(forKoa({ limits }));
  router.use("/api", forKoa({ limits }));
  router.get("/user/:id", forKoa({ limits }), (context) => {
    expectTypeOf(context.params["id"]).toExtend<string | undefined>();
    context.body = context.state.user;
  });
  app.use(router.routes());
  expectTypeOf(forKoa({ limits })).toExtend<Koa.Middleware>();
}

// Hono: application, path, route; what later handlers know of the request stays.
{
  interface Env {
    Bindings: { KEY: string };
    Variables: { user: string };
  }
  const app = new Hono<Env>();
  app.use(forHono({ limits }));
  app.use("/api/*", forHono({ limits, remoteAddress: (context) => context.req.header("cf-connecting-ip") }));
  app.use(forHono({ limits, remoteAddress: (context: Context<Env>) => context.env.KEY }));
  app.get("/user/:id", forHono({ limits }), (context) => {
    expectTypeOf(context.req.param("id")).toEqualTypeOf<string>();
    return context.text(context.env.KEY + context.get("user"));
  });
  app.on(["GET", "POST"], "/a", forHono({ limits }), (context) => context.text("x"));
  expectTypeOf(forHono({ limits })).toExtend<MiddlewareHandler>();
  // @ts-expect-error an address is a string
  forHono({ limits, remoteAddress: () => 42 });
}

// node:http, node:https and node:http2.
{
  const limited = forNode({ limits, onError: (error) => expectTypeOf(error).toBeUnknown() });
  createServer(limited((_request, response) => response.end("x")));
  createServer(limited(async (request, response) => void response.end(request.url)));
  createHttpsServer({}, limited(limited((_request, response) => response.end("x"))));
  createHttp2Server(
    limited((request: Http2ServerRequest, response: Http2ServerResponse) => {
      expectTypeOf(request.stream.id).toExtend<number | undefined>();
      response.end("x");
    }),
  );
  createServer(limited(express5()));
}

// Fetch handlers: what runtimes hand over beside the request is inferred.
{
  const limited = forFetch({ limits, identify: apiKey() });
  expectTypeOf(limited(() => new Response("x"))).toExtend<(request: Request) => Promise<Response>>();
  expectTypeOf(
    limited(async (request) => new Response(request.url)),
  ).returns.resolves.toEqualTypeOf<Response>();

  interface BunServer {
    requestIP(request: Request): { address: string; port: number } | null;
  }
  const onBun = forFetch({
    limits,
    remoteAddress: (request, server: BunServer) => server.requestIP(request)?.address,
  });
  const bunHandler = onBun((request, server) => {
    expectTypeOf(request).toEqualTypeOf<Request>();
    expectTypeOf(server).toEqualTypeOf<BunServer>();
    return new Response("x");
  });
  expectTypeOf(bunHandler).parameters.toEqualTypeOf<[request: Request, server: BunServer]>();

  interface DenoInfo {
    readonly remoteAddr: { readonly hostname: string };
    readonly completed: Promise<void>;
  }
  const onDeno = forFetch({ limits, remoteAddress: (_request, info: DenoInfo) => info.remoteAddr.hostname });
  expectTypeOf(onDeno(() => new Response("x"))).toExtend<
    (request: Request, info: DenoInfo) => Response | Promise<Response>
  >();

  interface WorkerContext {
    waitUntil(promise: Promise<unknown>): void;
  }
  const onWorkers = forFetch({
    limits,
    remoteAddress: (request, _env: { KEY: string }, _context: WorkerContext) =>
      request.headers.get("cf-connecting-ip") ?? undefined,
  });
  const worker = {
    fetch: onWorkers((_request, env, context) => {
      context.waitUntil(Promise.resolve());
      return new Response(env.KEY);
    }),
  };
  expectTypeOf(worker.fetch).parameters.toEqualTypeOf<
    [request: Request, env: { KEY: string }, context: WorkerContext]
  >();

  // A handler that takes less takes what remoteAddress does.
  expectTypeOf(onBun(() => new Response("x"))).parameters.toEqualTypeOf<
    [request: Request, server: BunServer]
  >();

  expectTypeOf(onBun((request) => new Response(request.url))).parameters.toEqualTypeOf<
    [request: Request, server: BunServer]
  >();
  const first = onWorkers((request, env) => {
    expectTypeOf(env).toEqualTypeOf<{ KEY: string }>();
    return new Response(request.url);
  });
  expectTypeOf(first).parameters.toEqualTypeOf<Parameters<typeof worker.fetch>>();
  // @ts-expect-error the handler takes another argument than remoteAddress
  onWorkers((_request: Request, env: string) => new Response(env));

  // @ts-expect-error the handler wants an argument that the runtime does not have
  onBun((_request: Request, info: DenoInfo) => new Response(info.remoteAddr.hostname));
  // @ts-expect-error a handler answers a Response
  limited(() => "x");
}

// Fetch handlers as they are written for Next.js and Workers, whatever remoteAddress looks at.
{
  class NextRequest extends Request {
    readonly nextUrl = new URL(this.url);
  }
  interface Route {
    params: Promise<{ id: string }>;
  }
  const address = (request: Request) => request.headers.get("x-real-ip") ?? undefined;
  for (const limited of [
    forFetch({ limits, remoteAddress: address }),
    forFetch({ limits, identify: apiKey() }),
  ]) {
    const get = limited((request: NextRequest) => Response.json(request.nextUrl.pathname));
    expectTypeOf(get).parameter(0).toEqualTypeOf<NextRequest>();
    const post = limited(async (request: NextRequest, { params }: Route) =>
      Response.json([request.nextUrl.pathname, (await params).id]),
    );
    expectTypeOf(post).parameters.toEqualTypeOf<[request: NextRequest, route: Route]>();
    limited(async (request, { params }: Route) => {
      expectTypeOf(request).toEqualTypeOf<Request>();
      return Response.json((await params).id);
    });
    // @ts-expect-error no request
    limited((request: string) => new Response(request));
  }

  interface Env {
    readonly KEY: string;
  }
  interface WorkerContext {
    waitUntil(promise: Promise<unknown>): void;
  }
  for (const limited of [
    forFetch({ limits, remoteAddress: address }),
    forFetch({ limits, remoteAddress: (request: Request, _env: object) => address(request) }),
  ]) {
    limited((_request, env: Env) => new Response(env.KEY));
    const fetch = limited((_request, env: Env, context: WorkerContext) => {
      context.waitUntil(Promise.resolve());
      return new Response(env.KEY);
    });
    expectTypeOf(fetch).parameters.toEqualTypeOf<[request: Request, env: Env, context: WorkerContext]>();
  }

  // Where nothing is said of what the runtime hands over, anything may be.
  void forFetch({ limits, identify: apiKey() })(() => new Response("x"))(new Request("http://h"), {
    KEY: "x",
  });

  // Around rateLimit itself, where what the runtime hands over is not known yet.
  function around<Rest extends unknown[]>(
    options: Omit<FetchOptions<Rest>, "limits">,
  ): (request: Request, ...rest: Rest) => Promise<Response> {
    return forFetch<Rest>({ ...options, limits })((_request: Request, ..._rest: Rest) => new Response("x"));
  }
  expectTypeOf(around({ remoteAddress: (_request, env: Env) => env.KEY })).parameters.toEqualTypeOf<
    [request: Request, env: Env]
  >();
}

// The options are the same everywhere.
{
  const rules: readonly Rule[] = [
    { path: "/towns/**", group: "admin" },
    {
      path: /\/v\d+/,
      method: ["GET", "POST"],
      limits: ["10/s", tokenBucket({ capacity: 5, refill: "1/s" })],
      blockFor: "60s",
    },
    {
      path: "/user/:id",
      limits,
      pool: "path",
      cost: async ({ header }) => Number(header("x-cost") ?? 1),
      blockScope: "rule",
    },
    {
      limits: slidingWindow({ limit: 5, window: { minutes: 1, seconds: 30 } }),
      cost: { default: 2 },
      dryRun: true,
    },
  ];
  forExpress({
    rules,
    headers: openAiHeaders,
    onMissingIdentity: "skip",
    skip: ({ method }) => method === "OPTIONS",
  });
  forNode({
    rules,
    identify: [apiKey(), clientIp(), ({ native }) => (native === undefined ? undefined : "user:1")],
  });
  forFetch({
    limits,
    identify: () => ({ key: "a", group: null }),
    onLimit: ({ reply }) => ({ ...reply, status: 403 }),
  });
  forNode({ limits, onMissingIdentity: ({ target }) => ({ key: target, group: "default" }) });
  forNode({ limits, onIdentityError: (error) => (console.error(error), undefined) });
  // Undefined stands for the default, also where exactOptionalPropertyTypes is on.
  forNode({ limits, onMissingIdentity: undefined });
  forHono({ limits, remoteAddress: undefined });
  forFetch({ limits, identify: apiKey(), remoteAddress: undefined });
}

// What is wrong does not compile.
{
  // @ts-expect-error limits, not limit
  forExpress({ limit: "100/m" });
  // @ts-expect-error no limit
  forExpress({ limits: "fast" });
  // @ts-expect-error no such style
  forExpress({ limits, headers: "draft-8" });
  // @ts-expect-error no such template
  forExpress({ limits, headers: { limits: "x" } });
  // @ts-expect-error a source is a function
  forExpress({ limits, identify: "x-api-key" });
  // @ts-expect-error a key is a string
  forExpress({ limits, identify: () => 42 });
  // @ts-expect-error a number, not its text
  forExpress({ limits, cost: "2" });
  // @ts-expect-error a switch, not its text
  forExpress({ limits, dryRun: "true" });
  // @ts-expect-error no such answer to a missing identity
  forExpress({ limits, onMissingIdentity: "share" });
  // @ts-expect-error a reply is data, not a Response
  forExpress({ limits, onLimit: () => new Response("no") });
  // @ts-expect-error no such member of a rule
  forExpress({ rules: [{ paths: "/a", limits }] });
  // @ts-expect-error no such scope
  forExpress({ rules: [{ limits, blockFor: "1m", blockScope: "global" }] });
  // @ts-expect-error onError is an option of sluice/node alone
  forExpress({ limits, onError: console.error });
  // @ts-expect-error Express knows the peer
  forExpress({ limits, remoteAddress: () => "203.0.113.9" });
}
