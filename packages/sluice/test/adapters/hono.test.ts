import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, upgradeWebSocket } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import {
  apiKey,
  clientIp,
  concurrency,
  type GuardOptions,
  IdentityError,
  memoryStore,
  StoreError,
} from "sluice";
import { rateLimit } from "sluice/hono";
import { testAdapter } from "sluice/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Answer } from "../../src/testing/adapters/AdapterCheck.ts";
import { type Endpoint, listen, served } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { spellingSuite } from "./spellingSuite.ts";
import { toResponse } from "./toResponse.ts";

const listening = ({ fetch }: Pick<Hono, "fetch">): Promise<Endpoint> =>
  listen(createAdaptorServer({ fetch }));

/** Hono writes to the console what nobody catches. */
function quietConsole(): void {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  onTestFinished(() => error.mockRestore());
}

testAdapter(
  {
    name: "hono",
    serve(application, at) {
      quietConsole();
      const app = new Hono();
      for (const limiter of mounted(application, rateLimit)) app.use(limiter);
      app.all("*", async (context) => toResponse(await application.handler(context.req.path)));
      return served(createAdaptorServer({ fetch: app.fetch }), at);
    },
  },
  { describe, test },
);

const from = (address: string) => ({ incoming: { socket: { remoteAddress: address } } });

describe("hono", () => {
  spellingSuite(
    async (options) => {
      const app = new Hono();
      app.use(rateLimit(options));
      app.get("/login", (context) => context.text("welcome"));
      return listening(app);
    },
    ({ reaches }) => reaches.includes("hono"),
  );

  test("the application counts 404s, preflights and HEAD; on a path and a route what they match", async () => {
    const app = new Hono();
    app.use("/api/*", rateLimit({ limits: "4/m" }));
    app.get("/api/a", (context) => context.text("a"));
    app.post("/login", rateLimit({ limits: "1/m" }), (context) => context.text("welcome"));
    app.get("/login", (context) => context.text("form"));
    const { send } = await listening(app);
    for (const [method, target, status, left] of [
      ["GET", "/api/none", 404, 3],
      ["OPTIONS", "/api/a", 404, 2],
      ["HEAD", "/api/a", 200, 1],
      ["GET", "/api/a", 200, 0],
    ] as const) {
      const answer = await send({ method, target });
      expect([answer.status, answer.headers["ratelimit"]]).toEqual([
        status,
        expect.stringContaining(`;r=${left};`),
      ]);
    }
    expect((await send({ target: "/api/a" })).status).toBe(429);
    for (const status of [200, 429])
      expect((await send({ method: "POST", target: "/login" })).status).toBe(status);
    expect((await send({ target: "/login" })).headers).not.toHaveProperty("ratelimit");
  });

  test("in an application under a path: the paths of rules are those of the whole, and one guard counts once", async () => {
    const codes: string[] = [];
    const limiter = rateLimit({
      rules: [
        { path: "/api/users/:id", limits: "1/m" },
        { path: "/users/:id", limits: "9/m" },
      ],
      onWarning: ({ code }) => void codes.push(code),
    });
    const inner = new Hono();
    inner.onError((_error, context) => context.text("inner", 500));
    inner.use(limiter);
    inner.get("/users/:id", (context) => context.text(context.req.param("id")));
    const app = new Hono();
    app.use(limiter);
    app.route("/api", inner);
    const { send } = await listening(app);
    expect((await send({ target: "/api/users/1" })).body).toBe("1");
    expect((await send({ target: "/api/users/2" })).status).toBe(429);
    expect(codes).toEqual(["MOUNTED_TWICE"]);
  });

  test("fields are on every kind of answer: of the context, of the handler's own making, unchangeable, and errors", async () => {
    const app = new Hono();
    app.use(rateLimit({ limits: "9/m" }));
    app.get("/text", (context) => context.text("x", 201, { "X-Own": "1" }));
    app.get(
      "/own",
      () =>
        new Response("x", {
          status: 202,
          headers: [
            ["Set-Cookie", "a=1"],
            ["Set-Cookie", "b=2"],
          ],
        }),
    );
    app.get("/redirect", () => Response.redirect("http://h/else", 303));
    app.get("/fetched", () => fetch("data:text/plain,hello"));
    app.get("/exception", () => Promise.reject(new HTTPException(403, { message: "no" })));
    const { send } = await listening(app);
    const answers = await Promise.all(
      ["/text", "/own", "/redirect", "/fetched", "/exception"].map((target) => send({ target })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 202, 303, 200, 403]);
    for (const { headers } of answers) expect(headers["ratelimit-policy"]).toBe('"default";q=9;w=60');
    expect(answers[0].headers["x-own"]).toBe("1");
    expect(answers[1].headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answers[2].headers["location"]).toBe("http://h/else");
    expect(answers[3].body).toBe("hello");
  });

  test("one response object that serves several requests tells each its own", async () => {
    const app = new Hono();
    const shared = new Response(null, { status: 204 });
    app.use(rateLimit({ limits: "3/m" }));
    app.get("/", () => shared);
    for (const left of [2, 1, 0]) {
      const { headers } = await app.request("/", {}, from("203.0.113.1"));
      expect(headers.get("ratelimit")).toMatch(new RegExp(`^"default";r=${left};t=\\d+$`));
    }
  });

  test("a refusal keeps what middleware before it has set, in either way", async () => {
    const app = new Hono();
    app.use(cors({ origin: "http://a.test" }));
    app.use(async (context, next) => {
      context.header("X-Before", "1");
      await next();
    });
    app.use(rateLimit({ limits: "1/m" }));
    app.get("/", (context) => context.text("hello"));
    const { send } = await listening(app);
    for (const status of [200, 429]) {
      const { headers, ...answer } = await send({ headers: { Origin: "http://a.test" } });
      const set = [headers["access-control-allow-origin"], headers["x-before"]];
      expect([answer.status, ...set]).toEqual([status, "http://a.test", "1"]);
    }
  });

  const before =
    (set: (context: Context) => unknown) => async (context: Context, next: () => Promise<void>) => {
      set(context);
      await next();
    };

  /** What is refused behind middleware. */
  async function refusedBehind(
    middleware: MiddlewareHandler[],
    options: Partial<GuardOptions> = {},
  ): Promise<Answer> {
    const app = new Hono();
    for (const each of middleware) app.use(each);
    app.use(rateLimit({ limits: "1/m", ...options }));
    app.get("/", (context) => context.text("hello"));
    const { send } = await listening(app);
    expect((await send()).status).toBe(200);
    const refused = await send();
    expect(refused.status).toBe(429);
    return refused;
  }

  // With cors() the answer is there before the guard, without it only what is to be put into it.
  describe.each([
    ["fields that are set beforehand", []],
    ["an answer that is there beforehand", [cors()]],
  ])("%s", (_, first) => {
    test("case 08: do not make a refusal one that may be stored", async () => {
      const store = before((context) => context.header("Cache-Control", "public, max-age=3600"));
      expect((await refusedBehind([...first, store])).headers["cache-control"]).toBe("no-store");
    });

    test("yield to when the client may ask again, and what they list stays beside the limits", async () => {
      const set = before((context) => {
        context.header("Retry-After", "9999");
        context.header("RateLimit-Policy", '"proxy";q=1;w=1');
        context.header("Set-Cookie", "a=1");
      });
      const { headers } = await refusedBehind([...first, set], {
        onLimit: ({ reply }) => ({ ...reply, headers: [...reply.headers, ["Set-Cookie", "b=2"]] }),
      });
      expect(Number(headers["retry-after"])).toBeLessThan(121);
      expect(headers["ratelimit-policy"]).toBe('"proxy";q=1;w=1, "default";q=1;w=60');
      expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    });

    test("are not told of a refusal where they tell of another body", async () => {
      const set = before((context) => {
        context.header("Content-Length", "5");
        context.header("Content-Encoding", "gzip");
        context.header("Content-Language", "de");
        context.header("Content-Range", "bytes 0-4/5");
        context.header("ETag", '"a"');
        context.header("Last-Modified", "Sun, 22 Nov 2026 06:00:00 GMT");
      });
      const answered: GuardOptions["onLimit"] = ({ reply }) => ({
        ...reply,
        headers: [...reply.headers, ["Content-Language", "en"]],
      });
      const { headers, body } = await refusedBehind([...first, set], { onLimit: answered });
      expect(JSON.parse(body)).toMatchObject({ status: 429 });
      for (const name of ["content-encoding", "content-range", "etag", "last-modified"])
        expect(headers).not.toHaveProperty(name);
      expect(headers["content-length"] ?? `${body.length}`).toBe(`${body.length}`);
      expect(headers["content-language"]).toBe("en");
    });
  });

  test("case 13: a refusal exposes its own fields beside those of cors()", async () => {
    const expose = cors({ origin: "http://a.test", exposeHeaders: ["X-Total"] });
    const { headers } = await refusedBehind([expose], { exposeHeaders: true });
    expect(headers["access-control-expose-headers"]).toBe(
      "X-Total, Retry-After, RateLimit-Policy, RateLimit",
    );
  });

  test("errors go to onError, which sees what was thrown; without one ours have their status", async () => {
    quietConsole();
    const store = memoryStore();
    await store.close();
    const make = () =>
      new Hono()
        .get("/identity", rateLimit({ limits: "1/m", identify: () => undefined }))
        .get("/store", rateLimit({ limits: "1/m", store }))
        .get("/key", rateLimit({ limits: "1/m", identify: apiKey() }));
    const seen: unknown[] = [];
    const caught = make().onError((error, context) => (seen.push(error), context.text("caught", 418)));
    for (const path of ["/identity", "/store"])
      expect((await caught.request(path, {}, from("203.0.113.1"))).status).toBe(418);
    expect(seen).toEqual([expect.any(IdentityError), expect.any(StoreError)]);
    const { send } = await listening(make());
    expect((await send({ target: "/identity" })).status).toBe(500);
    expect(await send({ target: "/store" })).toMatchObject({
      status: 503,
      headers: { "retry-after": "1", "content-type": "application/problem+json" },
    });
    expect((await send({ target: "/key", headers: ["X-Api-Key", "a", "X-Api-Key", "b"] })).status).toBe(400);
  });

  test("case 22: clientIp where the runtime does not tell the address fails with the first request", async () => {
    for (const identify of [undefined, clientIp(), [apiKey(), clientIp()]]) {
      const seen: unknown[] = [];
      const app = new Hono();
      app.use(rateLimit({ limits: "1/m", ...(identify && { identify }) }));
      app.onError((error, context) => (seen.push(error), context.text("caught", 500)));
      expect((await app.request("/", { headers: { "X-Api-Key": "a" } })).status).toBe(500);
      expect(seen).toEqual([expect.objectContaining({ code: "INVALID_OPTION", path: "remoteAddress" })]);
      expect(seen[0]).toBeInstanceOf(TypeError);
    }
    const app = new Hono();
    app.use(rateLimit({ limits: "1/m", identify: apiKey() }));
    app.get("/", (context) => context.text("hello"));
    expect((await app.request("/", { headers: { "X-Api-Key": "a" } })).status).toBe(200);
    expect(() => rateLimit({ limits: "1/m", remoteAddress: "203.0.113.9" as never })).toThrow(TypeError);
  });

  test("case 22: on Workers it is refused at construction, unless it is said where the address is found", () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(() => rateLimit({ limits: "1/m" })).toThrow(/cf-connecting-ip/);
    expect(() => rateLimit({ limits: "1/m", identify: apiKey() })).not.toThrow();
    expect(() =>
      rateLimit({ limits: "1/m", remoteAddress: (c) => c.req.header("cf-connecting-ip") }),
    ).not.toThrow();
  });

  test.each<[string, (address: string) => object]>([
    ["Node", from],
    ["Node, beside bindings", (address) => ({ KEY: "x", server: from(address) })],
    ["Bun", (address) => ({ requestIP: () => ({ address }) })],
    ["Bun, beside bindings", (address) => ({ server: { requestIP: () => ({ address }) } })],
    ["Deno", (address) => ({ remoteAddr: { hostname: address, port: 1, transport: "tcp" } })],
  ])("the address of the peer, as %s tells it", async (_, env) => {
    const app = new Hono();
    app.use(rateLimit({ limits: "1/m" }));
    app.get("/", (context) => context.text("hello"));
    for (const [address, status] of [
      ["203.0.113.1", 200],
      ["203.0.113.1", 429],
      ["203.0.113.2", 200],
    ] as const)
      expect((await app.request("/", {}, env(address))).status).toBe(status);
  });

  test("remoteAddress and identify read the context", async () => {
    const app = new Hono<{ Variables: { user: string } }>();
    app.use(async (context, next) => {
      context.set("user", context.req.header("x-user")!);
      await next();
    });
    app.use(rateLimit({ limits: "2/m", remoteAddress: (context) => context.req.header("x-address") }));
    app.use(rateLimit({ limits: "1/m", identify: ({ native }) => (native as Context).get("user") }));
    app.get("/", (context) => context.text("hello"));
    const ask = async (user: string, address: string) =>
      (await app.request("/", { headers: { "X-User": user, "X-Address": address } })).status;
    expect(await ask("ann", "203.0.113.1")).toBe(200);
    expect(await ask("ann", "203.0.113.2")).toBe(429);
    expect(await ask("bob", "203.0.113.1")).toBe(200);
    expect(await ask("cid", "203.0.113.1")).toBe(429);
  });
});

test("concurrency counts WebSockets on Node until they are closed, and what is refused is no WebSocket", async () => {
  const app = new Hono();
  app.use(rateLimit({ limits: concurrency({ limit: 1 }) }));
  app.get(
    "/talk",
    upgradeWebSocket(() => ({})),
  );
  const sockets = new WebSocketServer({ noServer: true });
  const server = createAdaptorServer({ fetch: app.fetch, websocket: { server: sockets as never } });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const opened = async (): Promise<WebSocket | number> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/talk`).on("error", () => undefined);
    const open = once(socket, "open").then(() => socket);
    const refused = once(socket, "unexpected-response").then(([, { statusCode }]) => statusCode as number);
    return Promise.race([open, refused]);
  };
  const first = await opened();
  expect(first).toBeInstanceOf(WebSocket);
  expect(await opened()).toBe(429);
  const [theirs] = sockets.clients;
  const isClosed = once(theirs, "close");
  (first as WebSocket).close();
  await isClosed;
  expect(await opened()).toBeInstanceOf(WebSocket);
});
