import { createServer } from "node:http";
import { Readable } from "node:stream";
import { Router, type RouterMiddleware } from "@koa/router";
import Koa from "koa";
import { IdentityError, memoryStore, StoreError } from "sluice";
import { rateLimit } from "sluice/koa";
import { testAdapter } from "sluice/testing";
import { describe, expect, test } from "vitest";
import { type Endpoint, listen, served } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { spellingSuite } from "./spellingSuite.ts";

/** An application of any state. */
type App = Pick<Koa, "silent" | "callback">;

function serverOf(app: App): ReturnType<typeof createServer> {
  app.silent = true;
  const listener = app.callback();
  return createServer((...exchange) => void listener(...exchange));
}

const listening = (app: App): Promise<Endpoint> => listen(serverOf(app));

testAdapter(
  {
    name: "koa",
    serve(application, at) {
      const app = new Koa();
      for (const limiter of mounted(application, rateLimit)) app.use(limiter);
      app.use(async (context) => {
        const { status = 200, headers = {}, body = "" } = await application.handler(context.path);
        context.status = status;
        context.set({ ...headers });
        context.body = typeof body === "string" ? body : Readable.from(body);
      });
      return served(serverOf(app), at);
    },
  },
  { describe, test },
);

const welcome = (context: Koa.Context) => void (context.body = "welcome");

describe("koa", () => {
  spellingSuite(
    async (options) => {
      const router = new Router();
      router.get("/login", welcome);
      return listening(new Koa().use(rateLimit(options)).use(router.routes()));
    },
    ({ reaches }) => reaches.includes("koa"),
  );

  test("on a router under a path: the paths of rules are those of the application", async () => {
    const router = new Router({ prefix: "/api" });
    router.use(
      "",
      rateLimit({
        rules: [
          { path: "/api/users/:id", limits: "2/m" },
          { path: "/users/:id", limits: "1/m" },
        ],
      }),
    );
    router.get("/users/:id", (context) => void (context.body = context.params["id"]));
    const { send } = await listening(new Koa().use(router.routes()));
    expect((await send({ target: "/api/users/1" })).body).toBe("1");
    expect((await send({ target: "/API/users/2/" })).status).toBe(200);
    expect((await send({ target: "/api/users/3" })).status).toBe(429);
  });

  test.each<[string, (limiter: RouterMiddleware, routes: RouterMiddleware) => Router]>([
    [
      "without a path",
      (limiter, routes) => new Router({ prefix: "/api" }).use(limiter).get("/users", routes),
    ],
    [
      "nested, without a path",
      (limiter, routes) => {
        const nested = new Router().use(limiter).get("/users", routes);
        return new Router().use("/api", nested.routes());
      },
    ],
  ])("on a router under a path, %s, @koa/router lets other cases past every middleware", async (_, make) => {
    const router = make(rateLimit({ limits: "9/m" }), welcome);
    const { send } = await listening(new Koa().use(router.routes()));
    for (const [target, isCounted] of [
      ["/api/users", true],
      ["/API/users", false],
    ] as const) {
      const { body, headers } = await send({ target });
      expect([target, body, "ratelimit" in headers]).toEqual([target, "welcome", isCounted]);
    }
  });

  test.each<[string, (limiter: RouterMiddleware, routes: RouterMiddleware) => Router]>([
    [
      "by an empty path",
      (limiter, routes) => new Router({ prefix: "/api" }).use("", limiter).get("/users", routes),
    ],
    ["by its path", (limiter, routes) => new Router().use("/api", limiter).get("/api/users", routes)],
    [
      "by the path of the nested router",
      (limiter, routes) => new Router().use("/api", limiter, new Router().get("/users", routes).routes()),
    ],
    ["by the route", (limiter, routes) => new Router({ prefix: "/api" }).get("/users", limiter, routes)],
  ])("case 30: on a router under a path, %s: every spelling is counted", async (_, make) => {
    const router = make(rateLimit({ limits: "4/m" }), welcome);
    const { send } = await listening(new Koa().use(router.routes()));
    for (const target of ["/api/users", "/API/users", "/api/users/", "/Api/Users/"])
      expect([target, (await send({ target })).body]).toEqual([target, "welcome"]);
    expect((await send({ target: "/API/USERS" })).status).toBe(429);
  });

  test("a router counts what one of its routes answers, and nothing else; a route counts itself", async () => {
    const router = new Router();
    router.use("/api", rateLimit({ limits: "2/m" }));
    router.get("/api/a", welcome);
    router.post("/login", rateLimit({ limits: "1/m" }), welcome);
    router.get("/login", welcome);
    const { send } = await listening(new Koa().use(router.routes()).use(router.allowedMethods()));
    for (let i = 0; i < 3; i++) expect((await send({ target: "/api/none" })).status).toBe(404);
    expect((await send({ method: "OPTIONS", target: "/api/a" })).headers).not.toHaveProperty("ratelimit");
    for (const method of ["GET", "HEAD"]) expect((await send({ method, target: "/api/a" })).status).toBe(200);
    expect((await send({ target: "/api/a" })).status).toBe(429);
    for (const status of [200, 429])
      expect((await send({ method: "POST", target: "/login" })).status).toBe(status);
    expect((await send({ target: "/login" })).headers).not.toHaveProperty("ratelimit");
  });

  test("the application counts 404s, 405s, preflights and HEAD", async () => {
    const router = new Router();
    router.get("/a", welcome);
    const app = new Koa()
      .use(rateLimit({ limits: "4/m" }))
      .use(router.routes())
      .use(router.allowedMethods());
    const { send } = await listening(app);
    for (const [method, target, status, left] of [
      ["GET", "/none", 404, 3],
      ["DELETE", "/a", 405, 2],
      ["OPTIONS", "/a", 200, 1],
      ["HEAD", "/a", 200, 0],
    ] as const) {
      const answer = await send({ method, target });
      expect([answer.status, answer.headers["ratelimit"]]).toEqual([
        status,
        expect.stringContaining(`;r=${left};`),
      ]);
    }
    expect((await send()).status).toBe(429);
  });

  test("errors are thrown, with a status, and middleware around it sees what was thrown", async () => {
    const store = memoryStore();
    const seen: unknown[] = [];
    const router = new Router();
    router.get("/identity", rateLimit({ limits: "1/m", identify: () => undefined }), welcome);
    router.get("/store", rateLimit({ limits: "1/m", store }), welcome);
    const app = new Koa();
    app.on("error", (error) => seen.push(error));
    app.use(router.routes());
    await store.close();
    const { send } = await listening(app);
    expect((await send({ target: "/identity" })).status).toBe(500);
    expect(await send({ target: "/store" })).toMatchObject({ status: 503, body: "Service Unavailable" });
    expect(seen).toEqual([expect.any(IdentityError), expect.any(StoreError)]);
  });

  test("middleware around it sees the refusal on the context", async () => {
    const seen: unknown[] = [];
    const app = new Koa();
    app.use(async (context, next) => {
      await next();
      seen.push([context.status, context.response.type, typeof context.body]);
    });
    app.use(rateLimit({ limits: "1/m" }));
    app.use(welcome);
    const { send } = await listening(app);
    await send();
    await send();
    expect(seen).toEqual([
      [200, "text/plain", "string"],
      [429, "application/problem+json", "string"],
    ]);
  });

  test("the context is the framework's own request", async () => {
    const app = new Koa();
    app.use((context, next) => {
      context.state["user"] = context.get("X-User");
      return next();
    });
    app.use(
      rateLimit({ limits: "1/m", identify: ({ native }) => `user:${(native as Koa.Context).state["user"]}` }),
    );
    app.use(welcome);
    const { send } = await listening(app);
    for (const user of ["ann", "bob"]) {
      expect((await send({ headers: { "X-User": user } })).status).toBe(200);
      expect((await send({ headers: { "X-User": user } })).status).toBe(429);
    }
  });

  test.each([true, false])(
    "case 10: headers that were sent before: no exception, counted, ended (limit left: %s)",
    async (left) => {
      const seen: unknown[] = [];
      const app = new Koa();
      app.on("error", (error) => seen.push(error));
      app.use((context, next) => {
        context.res.writeHead(200, { "X-Early": "1" });
        context.res.write("head ");
        return next();
      });
      app.use(rateLimit({ limits: "2/m" }));
      app.use((context) => void (context.body = "tail"));
      const { send } = await listening(app);
      expect((await send()).body).toBe("head tail");
      if (!left) await send();
      expect((await send()).body).toBe(left ? "head tail" : "head ");
      expect((await send()).body).toBe("head ");
      expect(seen).toEqual([]);
    },
  );

  test("app.proxy of Koa is not consulted", async () => {
    const app = new Koa({ proxy: true });
    app.use(rateLimit({ limits: "1/m", onWarning: () => undefined }));
    app.use((context) => void (context.body = context.ip));
    const { send } = await listening(app);
    expect((await send({ headers: { "X-Forwarded-For": "9.9.9.1" } })).body).toBe("9.9.9.1");
    expect((await send({ headers: { "X-Forwarded-For": "9.9.9.2" } })).status).toBe(429);
  });
});
