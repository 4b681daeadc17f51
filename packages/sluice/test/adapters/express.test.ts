import { createServer, type RequestListener } from "node:http";
import express5 from "express";
import express4 from "express4";
import { type GuardOptions, IdentityError, StoreError } from "sluice";
import { memoryStore } from "sluice";
import { rateLimit } from "sluice/express";
import { type Application, testAdapter } from "sluice/testing";
import { describe, expect, test, vi } from "vitest";
import { listen, served } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { spellingSuite } from "./spellingSuite.ts";
import { writeAnswer } from "./writeAnswer.ts";

const from = (address: string): { headers: Record<string, string> } => ({
  headers: { "X-Forwarded-For": address },
});

type Next = (error?: unknown) => void;

const versions = { "express 4": express4 as unknown as typeof express5, "express 5": express5 };

function appOf(express: typeof express5, application: Application): RequestListener {
  const app = express();
  for (const limiter of mounted(application, rateLimit)) app.use(limiter);
  app.use((request, response, next) => {
    Promise.resolve(request.path)
      .then(application.handler)
      .then((answer) => writeAnswer(response, answer), next);
  });
  return app;
}

describe.each(Object.entries(versions))("%s", (name, express) => {
  testAdapter(
    { name, serve: (application, at) => served(createServer(appOf(express, application)), at) },
    { describe, test },
  );

  spellingSuite(
    async (options) => {
      const app = express();
      app.use(rateLimit(options));
      app.get("/login", (_request, response) => void response.send("welcome"));
      return listen(createServer(app));
    },
    ({ reaches }) => reaches.includes("express"),
  );

  test("on a router under a path: the paths of rules are those of the application", async () => {
    const app = express();
    const router = express.Router();
    router.use(
      rateLimit({
        rules: [
          { path: "/api/users/:id", limits: "2/m" },
          { path: "/users/:id", limits: "1/m" },
        ],
      }),
    );
    router.get("/users/:id", (request, response) => void response.send(request.params["id"]));
    app.use("/api", router);
    const { send } = await listen(createServer(app));
    expect((await send({ target: "/api/users/1" })).body).toBe("1");
    expect((await send({ target: "/API/users/2/" })).status).toBe(200);
    expect((await send({ target: "/api/users/3" })).status).toBe(429);
  });

  test("mounted under a path and on a route", async () => {
    const app = express();
    app.use("/api", rateLimit({ limits: "2/m" }));
    app.post("/login", rateLimit({ limits: "1/m" }), (_request, response) => void response.send("welcome"));
    app.use((_request, response) => void response.send("open"));
    const { send } = await listen(createServer(app));
    for (const status of [200, 200, 429]) expect((await send({ target: "/api/x" })).status).toBe(status);
    for (const status of [200, 429])
      expect((await send({ method: "POST", target: "/login" })).status).toBe(status);
    expect((await send({ target: "/login" })).body).toBe("open");
    expect((await send({ target: "/login" })).headers).not.toHaveProperty("ratelimit");
  });

  test("case 09: one for the application and one for the route are told together", async () => {
    const app = express();
    app.use(rateLimit({ limits: "9/m" }));
    app.get("/", rateLimit({ limits: "2/h" }), (_request, response) => void response.send("hello"));
    const { send } = await listen(createServer(app));
    expect((await send()).headers["ratelimit-policy"]).toBe('"default";q=9;w=60, "default";q=2;w=3600');
  });

  test("errors go to next, with a status, and its handler sees what was thrown", async () => {
    const app = express();
    const store = memoryStore();
    const seen: unknown[] = [];
    app.get("/identity", rateLimit({ limits: "1/m", identify: () => undefined }));
    app.get("/store", rateLimit({ limits: "1/m", store }));
    app.use((error: unknown, _request: express5.Request, response: express5.Response, _next: Next) => {
      seen.push(error);
      response.status(503).send("caught");
    });
    await store.close();
    const { send } = await listen(createServer(app));
    expect(await send({ target: "/identity" })).toMatchObject({ status: 503, body: "caught" });
    expect(await send({ target: "/store" })).toMatchObject({ status: 503, body: "caught" });
    expect(seen).toEqual([expect.any(IdentityError), expect.any(StoreError)]);
  });

  test.each([true, false])(
    "case 10: headers that were sent before: no exception, counted, ended (limit left: %s)",
    async (left) => {
      const app = express();
      const onError = vi.fn<(error: unknown) => void>();
      app.use((_request, response, next) => {
        response.writeHead(200, { "X-Early": "1" });
        response.write("head ");
        next();
      });
      app.use(rateLimit({ limits: "2/m" }));
      app.use((_request, response) => void response.end("tail"));
      app.use((error: unknown, _request: express5.Request, _response: express5.Response, next: Next) => {
        onError(error);
        next(error);
      });
      const { send } = await listen(createServer(app));
      expect((await send()).body).toBe("head tail");
      if (!left) await send();
      expect((await send()).body).toBe(left ? "head tail" : "head ");
      expect((await send()).body).toBe("head ");
      expect(onError).not.toHaveBeenCalled();
    },
  );

  test("case 36: on the application and on its router, one instance counts once", async () => {
    const app = express();
    const codes: string[] = [];
    const limiter = rateLimit({ limits: "2/m", onWarning: ({ code }) => void codes.push(code) });
    const router = express.Router();
    router.use(limiter);
    router.get("/a", (_request, response) => void response.send("a"));
    app.use(limiter);
    app.use("/r", router);
    const { send } = await listen(createServer(app));
    for (const status of [200, 200, 429]) expect((await send({ target: "/r/a" })).status).toBe(status);
    expect(codes).toEqual(["MOUNTED_TWICE"]);
  });

  test("case 36: rateLimit() inside a handler warns", async () => {
    const app = express();
    const codes: string[] = [];
    app.use((request, response, next) => {
      const options: GuardOptions = {
        limits: "3 per 3 minutes",
        onWarning: ({ code }) => void codes.push(code),
      };
      rateLimit({ ...options, name: name.replace(" ", "-") })(request, response, next);
    });
    app.use((_request, response) => void response.send("hello"));
    const { send } = await listen(createServer(app));
    for (let i = 0; i < 9; i++) expect((await send()).status).toBe(200);
    expect(codes).toEqual(["BUILT_PER_REQUEST"]);
  });

  test("trust proxy of Express is not consulted", async () => {
    const app = express();
    app.set("trust proxy", true);
    app.use(rateLimit({ limits: "2/m", onWarning: () => undefined }));
    app.use((request, response) => void response.send(request.ip));
    const { send } = await listen(createServer(app));
    expect((await send(from("9.9.9.1"))).body).toBe("9.9.9.1");
    expect((await send(from("9.9.9.2"))).status).toBe(200);
    expect((await send(from("9.9.9.3"))).status).toBe(429);
  });
});
