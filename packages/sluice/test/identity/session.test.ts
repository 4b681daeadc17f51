import { createServer, type RequestListener } from "node:http";
import fastifyCookie from "@fastify/cookie";
import fastifySession from "@fastify/session";
import express from "express";
import expressSession from "express-session";
import fastify from "fastify";
import Koa from "koa";
import koaSession from "koa-session";
import { clientIp, type GuardOptions, session, type SessionOptions } from "sluice";
import { rateLimit as expressLimit } from "sluice/express";
import { rateLimit as fastifyLimit } from "sluice/fastify";
import { rateLimit as koaLimit } from "sluice/koa";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Endpoint, listen } from "../adapters/exchange.ts";
import { request, testGuard } from "../guard/ask.ts";
import { ignoreWarnings } from "./fakeRequest.ts";

const SECRET = "a secret of the application, long enough";

/** What the tests' application keeps in a session. */
interface Kept {
  user?: unknown;
  group?: string;
}

/** `GET /login?ann` puts an account into a fresh session, as an application must; every other path only answers. */
interface App {
  (options: GuardOptions): Promise<Endpoint>;
}

function loginOf(target: string): Kept | undefined {
  const { pathname, searchParams } = new URL(target, "http://localhost");
  if (pathname !== "/login") return undefined;
  const group = searchParams.get("group");
  return { user: searchParams.get("user") ?? undefined, ...(group !== null && { group }) };
}

const expressApp: App = (options) => {
  const app = express();
  app.use(expressSession({ secret: SECRET, resave: false, saveUninitialized: true }));
  app.use(expressLimit(options));
  app.use((incoming, response, next) => {
    const login = loginOf(incoming.originalUrl);
    if (login === undefined) return void response.end();
    incoming.session.regenerate((error) => {
      if (error) return next(error);
      Object.assign(incoming.session, login);
      response.end();
    });
  });
  return listen(createServer(app as RequestListener));
};

const fastifyApp: App = async (options) => {
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(fastifyCookie);
  await app.register(fastifySession, { secret: SECRET, cookie: { secure: false } });
  await app.register(fastifyLimit, options);
  app.get("/*", async (incoming) => {
    const login = loginOf(incoming.originalUrl);
    if (login === undefined) return "";
    await incoming.session.regenerate();
    Object.assign(incoming.session, login);
    return "";
  });
  await app.ready();
  return listen(app.server);
};

const koaApp: App = (options) => {
  const app = new Koa();
  const kept = new Map<string, object>();
  const store = {
    get: async (id: string) => kept.get(id),
    set: async (id: string, value: object) => void kept.set(id, value),
    destroy: async (id: string) => void kept.delete(id),
  };
  app.silent = true;
  app.keys = [SECRET];
  app.use(koaSession({ store }, app));
  app.use(koaLimit(options));
  app.use((context) => {
    const login = loginOf(context.originalUrl);
    context.status = 200;
    if (login === undefined) return;
    context.session.regenerate();
    Object.assign(context.session, login);
  });
  return listen(createServer(app.callback() as RequestListener));
};

/** A client that keeps cookies. */
class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async get(target: string, cookies = this.cookies): Promise<number> {
    const { status, headers } = await this.#endpoint.send({ target, headers: { Cookie: cookies } });
    for (const line of headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      this.#cookies.set(name, value);
    }
    return status;
  }
}

describe.each<[string, App]>([
  ["express-session", expressApp],
  ["@fastify/session", fastifyApp],
  ["koa-session", koaApp],
])("%s", (_, app) => {
  const rules: GuardOptions["rules"] = [
    { path: "/login" },
    { group: "pro", limits: "4/m", pool: "all" },
    { limits: "2/m", pool: "all" },
  ];
  const open = async (options: Partial<GuardOptions> = {}) => {
    const endpoint = await app({ rules, identify: [session(), clientIp()], ...options });
    return () => new Browser(endpoint);
  };

  test("S3.37: account and group are those of the session", async () => {
    const browser = await open();
    const [ann, bob] = [browser(), browser()];
    await ann.get("/login?user=ann&group=pro");
    await bob.get("/login?user=bob");
    const [ofAnn, ofBob] = [[] as number[], [] as number[]];
    for (let i = 0; i < 5; i++) {
      ofAnn.push(await ann.get("/"));
      ofBob.push(await bob.get("/"));
    }
    expect(ofAnn).toEqual([200, 200, 200, 200, 429]);
    expect(ofBob).toEqual([200, 200, 429, 429, 429]);
  });

  test("case 55: a session that is rotated at login goes on where the account stands", async () => {
    const browser = await open();
    const ann = browser();
    await ann.get("/login?user=ann");
    const before = ann.cookies;
    expect(await ann.get("/")).toBe(200);
    await ann.get("/login?user=ann");
    expect(ann.cookies).not.toBe(before);
    expect(await ann.get("/")).toBe(200);
    const secondDevice = browser();
    await secondDevice.get("/login?user=ann");
    expect(await secondDevice.get("/")).toBe(429);
  });

  test("S3.39: without an account, or with a forged session, the next source decides", async () => {
    const browser = await open();
    const ann = browser();
    await ann.get("/login?user=ann");
    const stranger = browser();
    expect(await stranger.get("/")).toBe(200);
    const forged = ann.cookies.replaceAll(/[^=; ](?=;|$)/g, (last) => (last === "A" ? "B" : "A"));
    expect(forged).not.toBe(ann.cookies);
    expect(await stranger.get("/", forged)).toBe(200);
    expect(await stranger.get("/", "sessionId=ann; connect.sid=ann; koa.sess=ann; user=ann")).toBe(429);
    expect(await ann.get("/")).toBe(200);
  });
});

describe("where there is no session", () => {
  const missing = expect.objectContaining({ name: "IdentityError", code: "MISSING_SESSION", status: 500 });

  test.each([
    undefined,
    null,
    "request",
    5,
    {},
    { session: undefined },
    { session: null },
    { session: "ann" },
  ])("S3.40: %o is an error that tells what to do", (native) => {
    const find = () => session()({ ...request("GET /"), native }, ignoreWarnings);
    expect(find).toThrow(missing);
    expect(find).toThrow(/mount the session middleware before/);
  });

  test("S3.40: a limiter before the session middleware fails closed", async () => {
    const app = express();
    app.use(expressLimit({ limits: "1/m", identify: [session(), clientIp()] }));
    app.use(expressSession({ secret: SECRET, resave: false, saveUninitialized: true }));
    app.use(((error, _request, response, _next) => {
      response.status(error.status).send(error.code);
    }) as express.ErrorRequestHandler);
    const { send } = await listen(createServer(app as RequestListener));
    expect(await send()).toMatchObject({ status: 500, body: "MISSING_SESSION" });
  });

  test("onIdentityError may answer", async () => {
    const onIdentityError = () => ({ key: "all", group: "default" });
    const guarded = testGuard({ limits: "3/m", identify: session(), onIdentityError });
    expect(await guarded.admits("GET /")).toBe(3);
  });
});

describe("what is read of a session", () => {
  const of = (kept: object, options?: SessionOptions<never>) =>
    session(options)({ ...request("GET /"), native: { session: kept } }, ignoreWarnings);

  test("S3.38: no group is the default group", () => {
    expect(of({ user: "ann" })).toEqual({ key: "user:ann", group: "default" });
    expect(of({ user: 42, group: null })).toEqual({ key: "user:42", group: "default" });
  });

  test("a path or a function leads to account and group", () => {
    const kept = { passport: { user: 7 }, account: { plan: "pro" } };
    expect(of(kept, { key: "passport.user", group: "account.plan" })).toEqual({
      key: "user:7",
      group: "pro",
    });
    const key = (found: typeof kept) => `p${found.passport.user}`;
    expect(of(kept, { key })).toEqual({ key: "user:p7", group: "default" });
    expect(of({}, { key: "passport.user" })).toBeUndefined();
    expect(of({ passport: "x" }, { key: "passport.user" })).toBeUndefined();
  });

  test.each([
    "constructor.name",
    "__proto__",
    "toString.name",
    "hasOwnProperty",
    "passport.constructor.name",
  ])("case 26: the path %s is nobody", (key) => {
    expect(of({ passport: {} }, { key })).toBeUndefined();
  });

  test.each(["", " ", Number.NaN, 1.5, true, { id: 42 }, ["ann"], () => "ann"].map((user) => ({ user })))(
    "case 27: the account $user is an error that names the option, not the value",
    ({ user }) => {
      const find = () => of({ user });
      expect(find).toThrow(expect.objectContaining({ code: "INVALID_IDENTITY", status: 500 }));
      expect(find).toThrow(/session key "user" must lead to the id/);
      expect(find).not.toThrow("42");
    },
  );

  test.each([" ", 5, ["admin"], {}].map((group) => ({ group })))(
    "case 27: so is the group $group",
    ({ group }) => {
      expect(() => of({ user: "ann", group })).toThrow(expect.objectContaining({ code: "INVALID_IDENTITY" }));
    },
  );
});

test.each([
  [{ key: "" }, "INVALID_OPTION"],
  [{ group: 5 }, "INVALID_OPTION"],
  [{ user: "id" }, "UNKNOWN_OPTION"],
  ["user", "INVALID_OPTION"],
])("options %j are refused at construction", (options, code) => {
  expect(() => session(options as object)).toThrow(expect.objectContaining({ code }));
});
