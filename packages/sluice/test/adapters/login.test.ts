import { createServer, type RequestListener } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { type Login, login, type LoginOptions, memoryStore, type RequestInfo } from "sluice";
import { rateLimit as expressLimit } from "sluice/express";
import { rateLimit as fastifyLimit } from "sluice/fastify";
import { rateLimit as fetchLimit } from "sluice/fetch";
import { rateLimit as honoLimit } from "sluice/hono";
import { rateLimit as koaLimit } from "sluice/koa";
import { type NodeRequest, rateLimit as nodeLimit } from "sluice/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Endpoint, listen } from "./exchange.ts";

const PASSWORD = "correct horse";

interface Credentials {
  readonly account?: string;
  readonly password?: string;
}

/** The same small application in every framework: 200 for the right password, else 401. */
type App = (options: Partial<LoginOptions>) => Promise<Endpoint>;

interface WithBody {
  readonly body: Credentials;
}

const ofBody = ({ native }: RequestInfo) => (native as WithBody).body.account;

/** What every handler does. */
async function answer(signIn: Login, native: object, credentials: Credentials): Promise<number> {
  if (credentials.password !== PASSWORD) return 401;
  await signIn.succeeded(native);
  return 200;
}

const expressApp: App = (options) => {
  const signIn = login({ account: ofBody, ...options });
  const app = express();
  app.post("/login", express.json(), expressLimit(signIn.options), async (request, response) => {
    response.sendStatus(await answer(signIn, request, request.body as Credentials));
  });
  return listen(createServer(app as RequestListener));
};

const fastifyApp: App = async (options) => {
  const signIn = login({ account: ofBody, ...options });
  const app = fastify();
  onTestFinished(() => app.close());
  app.post("/login", { preHandler: fastifyLimit(signIn.options) }, async (request, reply) =>
    reply.code(await answer(signIn, request, request.body as Credentials)).send(""),
  );
  await app.ready();
  return listen(app.server);
};

const koaApp: App = (options) => {
  const account = ({ native }: RequestInfo) =>
    ofBody({ native: (native as Koa.Context).request } as RequestInfo);
  const signIn = login({ account, ...options });
  const app = new Koa();
  app.use(async (context, next) => {
    let text = "";
    for await (const chunk of context.req) text += chunk;
    Object.assign(context.request, { body: JSON.parse(text) });
    await next();
  });
  app.use(koaLimit(signIn.options));
  app.use(async (context) => {
    context.status = await answer(signIn, context, (context.request as unknown as WithBody).body);
  });
  return listen(createServer(app.callback() as RequestListener));
};

const honoApp: App = async (options) => {
  const account = async ({ native }: RequestInfo) =>
    (await (native as { req: { json(): Promise<Credentials> } }).req.json()).account;
  const signIn = login({ account, ...options });
  const app = new Hono();
  app.post("/login", honoLimit(signIn.options), async (context) => {
    const status = await answer(signIn, context, await context.req.json<Credentials>());
    return context.body(null, status as 200);
  });
  return listen(createAdaptorServer({ fetch: app.fetch }));
};

const nodeApp: App = (options) => {
  const bodies = new WeakMap<object, Credentials>();
  const signIn = login({ account: ({ native }) => bodies.get(native as object)?.account, ...options });
  const limited = nodeLimit(signIn.options)(async (request: NodeRequest, response) => {
    response.statusCode = await answer(signIn, request, bodies.get(request)!);
    response.end();
  });
  return listen(
    createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += chunk));
      request.on("end", () => {
        bodies.set(request, JSON.parse(text) as Credentials);
        void limited(request, response);
      });
    }),
  );
};

const fetchApp: App = async (options) => {
  const account = async ({ native }: RequestInfo) =>
    ((await (native as Request).clone().json()) as Credentials).account;
  const signIn = login({ account, ...options });
  const handler = fetchLimit({ ...signIn.options, remoteAddress: () => "127.0.0.1" })(async (
    request: Request,
  ) => {
    const credentials = (await request.clone().json()) as Credentials;
    return new Response(null, { status: await answer(signIn, request, credentials) });
  });
  return listen(createAdaptorServer({ fetch: (request: Request) => handler(request) }));
};

describe.each<[string, App]>([
  ["express", expressApp],
  ["fastify", fastifyApp],
  ["koa", koaApp],
  ["hono", honoApp],
  ["node", nodeApp],
  ["fetch", fetchApp],
])("%s", (_, app) => {
  const options = { perAddress: "9/m", perAccount: "3/h", store: undefined } as const;
  const open = async () => {
    const { send } = await app({ ...options, store: memoryStore() });
    return (account: string, password: string) =>
      send({
        method: "POST",
        target: "/login",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ account, password }),
      });
  };

  test("three guesses at an account, and success forgets them", async () => {
    const attempt = await open();
    const statuses = [];
    for (const password of ["a", "b", PASSWORD, "c", "d", "e", PASSWORD]) {
      statuses.push((await attempt("ann", password)).status);
    }
    expect(statuses).toEqual([401, 401, 200, 401, 401, 401, 429]);
    expect((await attempt("bob", "a")).status).toBe(401);
    expect((await attempt("carol", "a")).status).toBe(401);
    expect((await attempt("dave", PASSWORD)).status).toBe(429);
  });

  test("a refusal tells when to come again, and of no account", async () => {
    const attempt = await open();
    for (let i = 0; i < 3; i++) {
      const { headers } = await attempt("ann", "guess");
      expect(Object.keys(headers).filter((name) => /rate|retry/.test(name))).toEqual([]);
    }
    const { status, headers, body } = await attempt("ann", "guess");
    expect(status).toBe(429);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(Object.keys(headers).filter((name) => name.startsWith("ratelimit"))).toEqual([]);
    expect(Object.keys(JSON.parse(body) as object)).toEqual(["type", "title", "status"]);
  });
});
