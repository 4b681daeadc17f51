import { Readable } from "node:stream";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { IdentityError, memoryStore, StoreError } from "sluice";
import { rateLimit } from "sluice/fastify";
import { type ListenAt, type Served, testAdapter } from "sluice/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Endpoint, endpointAt } from "./exchange.ts";
import { spellingSuite } from "./spellingSuite.ts";

async function served(app: FastifyInstance, at: ListenAt): Promise<Served> {
  await app.listen(at);
  const address = app.server.address();
  return { ...(typeof address === "object" && { port: address!.port }), close: () => app.close() };
}

async function listening(app: FastifyInstance): Promise<Endpoint> {
  const { port } = await served(app, { host: "127.0.0.1", port: 0 });
  const endpoint = endpointAt(port!);
  onTestFinished(() => app.close());
  return endpoint;
}

testAdapter(
  {
    name: "fastify",
    async serve({ guards, mounts, handler }, at) {
      const app = fastify();
      for (const options of guards) {
        const limiter = rateLimit(options);
        for (let i = 0; i < mounts; i++) app.addHook("onRequest", limiter);
      }
      app.all("*", async (request, reply) => {
        const { status = 200, headers = {}, body = "" } = await handler(request.url);
        return reply
          .code(status)
          .headers(headers)
          .send(typeof body === "string" ? body : Readable.from(body));
      });
      return served(app, at);
    },
    answersItself: ["/%E0%A4%A", "/%"],
  },
  { describe, test },
);

describe.each<[string, FastifyServerOptions, readonly string[]]>([
  ["as it comes", {}, []],
  [
    "at its most lenient",
    { routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true } },
    ["/login/", "/LOGIN", "/login/?x", "//login", "/login//", "*LOGIN"],
  ],
])("fastify %s", (_, options, more) => {
  const onlyLenient = new Set(["//login", "/login//", "*LOGIN"]);
  spellingSuite(
    async (limits) => {
      const app = fastify(options);
      await app.register(rateLimit, limits);
      app.get("/login", async () => "welcome");
      return listening(app);
    },
    ({ target, reaches }) =>
      more.includes(target) || (reaches.includes("fastify") && !onlyLenient.has(target)),
  );
});

describe("fastify", () => {
  test("the plugin counts what its instance is asked: 404s, preflights, HEAD, and routes from before and after", async () => {
    const app = fastify();
    app.get("/before", async () => "before");
    await app.register(rateLimit, { limits: "7/m" });
    app.get("/after", async () => "after");
    await app.register(async (child) => void child.get("/child", async () => "child"), { prefix: "/in" });
    const { send } = await listening(app);
    for (const [method, target, status, left] of [
      ["GET", "/before", 200, 6],
      ["GET", "/after", 200, 5],
      ["HEAD", "/after", 200, 4],
      ["GET", "/in/child", 200, 3],
      ["GET", "/none", 404, 2],
      ["OPTIONS", "/after", 404, 1],
      ["GET", "/in/none", 404, 0],
    ] as const) {
      const answer = await send({ method, target });
      expect([target, answer.status, answer.headers["ratelimit"]]).toEqual([
        target,
        status,
        expect.stringContaining(`;r=${left};`),
      ]);
    }
    for (const target of ["/before", "/none"]) expect((await send({ target })).status).toBe(429);
  });

  test.each<[string, FastifyServerOptions, string, string]>([
    ["ends before a parameter", {}, "/user/:id", "/user/"],
    ["ends before a parameter and has a query", {}, "/user/:id", "/user/?to=//x"],
    ["is absolute and ends before a parameter", {}, "/user/:id", "http://evil/user/"],
    ["has nothing for a parameter in the middle", {}, "/user/:id/login", "/user//login"],
    ["has nothing for two", {}, "/x/:a/:b", "/x//"],
    ["has nothing for the first of two", {}, "/:a/:b", "/x:/"],
    ["is the root of a parameter", {}, "/:slug", "/"],
    ["repeats a slash", { routerOptions: { ignoreDuplicateSlashes: true } }, "/user/:id", "/user//"],
    ["repeats the last slash", { routerOptions: { ignoreTrailingSlash: true } }, "/user/:id", "/user//"],
    [
      "has a semicolon",
      { routerOptions: { useSemicolonDelimiter: true } as object },
      "/login",
      "/login;x/y?z",
    ],
    [
      "has a semicolon in its host",
      { routerOptions: { useSemicolonDelimiter: true } as object },
      "/user/:id",
      "http://h;x/user/1;y",
    ],
    ["has an old semicolon", { useSemicolonDelimiter: true }, "/user/:id", "/user/;x"],
  ])(
    "a target that %s spends from the rule of the route that it reaches",
    async (_, options, path, target) => {
      const app = fastify(options);
      await app.register(rateLimit, { rules: [{ path, limits: "1/m" }] });
      app.get(path, async () => "reached");
      const { send } = await listening(app);
      expect((await send({ target })).body).toBe("reached");
      expect((await send({ target })).status).toBe(429);
    },
  );

  test.each(["/list/", "/list/?x", "http://evil/list/"])(
    "%s lacks a parameter that may be left out, so it spends from the rule of the path without it",
    async (target) => {
      const app = fastify();
      await app.register(rateLimit, {
        rules: [
          { path: "/list", limits: "1/m" },
          { path: "/list/:page", limits: "100/m" },
        ],
      });
      app.get("/list/:page?", async () => "reached");
      const { send } = await listening(app);
      expect((await send({ target: "/list" })).body).toBe("reached");
      expect((await send({ target })).status).toBe(429);
      expect((await send({ target: "/list/2" })).body).toBe("reached");
    },
  );

  test("nothing for the rest of a path is no segment: a rule of the folder itself decides", async () => {
    const app = fastify();
    await app.register(rateLimit, { rules: [{ path: "/files", limits: "1/m" }] });
    app.get("/files/*", async () => "reached");
    const { send } = await listening(app);
    expect((await send({ target: "/files/" })).body).toBe("reached");
    expect((await send({ target: "/files/" })).status).toBe(429);
    expect((await send({ target: "/files/a;b" })).status).toBe(200);
  });

  test("what Fastify answers before its hooks is not counted", async () => {
    const app = fastify();
    await app.register(rateLimit, { limits: "1/m" });
    app.get("/user/:id", async () => "user");
    const { send } = await listening(app);
    expect((await send({ target: "/%" })).status).toBe(400);
    expect((await send({ target: `/user/${"a".repeat(101)}` })).status).toBe(414);
    expect((await send({ target: "/user/1" })).status).toBe(200);
  });

  test("on an instance of its own, only its routes are counted; a route counts itself", async () => {
    const app = fastify();
    await app.register(
      async (child) => {
        await child.register(rateLimit, { limits: "2/m" });
        child.get("/a", async () => "a");
      },
      { prefix: "/api" },
    );
    app.post("/login", { onRequest: rateLimit({ limits: "1/m" }) }, async () => "welcome");
    app.get("/login", async () => "form");
    const { send } = await listening(app);
    for (const status of [200, 200, 429]) expect((await send({ target: "/api/a" })).status).toBe(status);
    for (const status of [200, 429])
      expect((await send({ method: "POST", target: "/login" })).status).toBe(status);
    expect((await send({ target: "/login" })).headers).not.toHaveProperty("ratelimit");
    expect((await send({ target: "/api/none" })).headers).not.toHaveProperty("ratelimit");
  });

  test("the paths of rules are those of the application, and those that clients send", async () => {
    const rewriteUrl = (request: { url?: string | undefined }) => request.url!.replace("/v1", "");
    const app = fastify({ rewriteUrl });
    await app.register(
      async (child) => {
        await child.register(rateLimit, {
          rules: [
            { path: "/v1/api/users/:id", limits: "1/m" },
            { path: "/users/:id", limits: "9/m" },
          ],
        });
        child.get("/users/:id", async (request) => request.url);
      },
      { prefix: "/api" },
    );
    const { send } = await listening(app);
    expect((await send({ target: "/v1/api/users/1" })).body).toBe("/api/users/1");
    expect((await send({ target: "/v1/api/users/2" })).status).toBe(429);
  });

  test("case 09: one for the application and one for the route are told together", async () => {
    const app = fastify();
    await app.register(rateLimit, { limits: "9/m" });
    app.get("/", { onRequest: rateLimit({ limits: "2/h" }) }, async () => "hello");
    const { send } = await listening(app);
    expect((await send()).headers["ratelimit-policy"]).toBe('"default";q=9;w=60, "default";q=2;w=3600');
  });

  test("case 36: for the application and for a route, one instance counts once", async () => {
    const codes: string[] = [];
    const app = fastify();
    const limiter = rateLimit({ limits: "2/m", onWarning: ({ code }) => void codes.push(code) });
    app.addHook("onRequest", limiter);
    app.get("/", { onRequest: limiter }, async () => "hello");
    const { send } = await listening(app);
    for (const status of [200, 200, 429]) expect((await send()).status).toBe(status);
    expect(codes).toEqual(["MOUNTED_TWICE"]);
  });

  test("the fields are on error replies too, and the body of a refusal goes through onSend", async () => {
    const app = fastify();
    const sent: unknown[] = [];
    await app.register(rateLimit, { limits: "2/m" });
    app.addHook(
      "onSend",
      async (_request, reply, payload) => void sent.push([reply.statusCode, typeof payload]),
    );
    app.get("/", async () => Promise.reject(new Error("of the handler")));
    app.get("/json", async () => ({ a: 1 }));
    const { send } = await listening(app);
    const failed = await send();
    expect([failed.status, failed.headers["ratelimit"]]).toEqual([500, expect.stringContaining(";r=1;")]);
    expect((await send({ target: "/json" })).headers["content-type"]).toBe("application/json; charset=utf-8");
    const refused = await send({ target: "/json" });
    expect([refused.status, refused.headers["content-type"]]).toEqual([429, "application/problem+json"]);
    expect(sent).toEqual([
      [500, "string"],
      [200, "string"],
      [429, "string"],
    ]);
  });

  test("errors go to the error handler, with a status, and it sees what was thrown", async () => {
    const app = fastify();
    const store = memoryStore();
    const seen: unknown[] = [];
    app.get(
      "/identity",
      { onRequest: rateLimit({ limits: "1/m", identify: () => undefined }) },
      async () => "x",
    );
    app.get("/store", { onRequest: rateLimit({ limits: "1/m", store }) }, async () => "x");
    app.setErrorHandler((error, _request, reply) => {
      seen.push(error);
      void reply.code(503).send("caught");
    });
    await store.close();
    const { send } = await listening(app);
    expect(await send({ target: "/identity" })).toMatchObject({ status: 503, body: "caught" });
    expect(await send({ target: "/store" })).toMatchObject({ status: 503, body: "caught" });
    expect(seen).toEqual([expect.any(IdentityError), expect.any(StoreError)]);
  });

  test("options that are wrong fail when the plugin is loaded, and when the hook is made", async () => {
    await expect(fastify().register(rateLimit, { limits: "fast" as never })).rejects.toThrow(TypeError);
    await expect(fastify().register(rateLimit, undefined as never)).rejects.toThrow(TypeError);
    expect(() => rateLimit({ limits: "fast" as never })).toThrow(TypeError);
  });

  test("a hook that is registered like a plugin says how it is to be registered", async () => {
    const hook = rateLimit({ limits: "1/m" });
    await expect(fastify().register(hook as never)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining('app.register(rateLimit, { limits: "100/m" })'),
    });
  });

  test("a reply that was begun before: no exception, counted, ended", async () => {
    const app = fastify();
    app.addHook("onRequest", async (_request, reply) => {
      reply.raw.writeHead(200, { "X-Early": "1" });
      reply.raw.write("head ");
    });
    await app.register(rateLimit, { limits: "1/m" });
    app.get("/", (_request, reply) => {
      reply.hijack();
      reply.raw.end("tail");
    });
    const { send } = await listening(app);
    expect((await send()).body).toBe("head tail");
    expect((await send()).body).toBe("head ");
  });

  test("trustProxy of Fastify is not consulted", async () => {
    const app = fastify({ trustProxy: true });
    await app.register(rateLimit, { limits: "1/m", onWarning: () => undefined });
    app.get("/", async (request) => request.ip);
    const { send } = await listening(app);
    expect((await send({ headers: { "X-Forwarded-For": "9.9.9.1" } })).body).toBe("9.9.9.1");
    expect((await send({ headers: { "X-Forwarded-For": "9.9.9.2" } })).status).toBe(429);
  });
});
